// People are told: MySQL is taken away from a running millrace and given back, and one mail and one Slack message say so
// each time, the second as an answer to the first.

import { expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { openFaultProxy } from '../support/fault-proxy.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { openFragilePlace } from '../support/fragile-place.ts'
import { inNotices, toldInAll } from '../support/in-notices.ts'
import { MailServer } from '../support/mail-server.ts'
import { Millrace } from '../support/millrace.ts'
import { ScriptedApi } from '../support/scripted-api.ts'
import { sharedMysql } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

/** Until it has looked twice more at what there is to tell. */
async function looksAgain({ url }: Millrace): Promise<void> {
  const beats = new Set<string>()
  const look = async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text()
    beats.add(/^millrace_heartbeat\S* (\S+)$/mu.exec(metrics)?.[1] ?? '')
    return beats.size > 2 ? true : null
  }
  await until(look, { what: 'it has looked again' })
}

const QUICK = { MILLRACE_NOTIFY_GATHER: '2s', MILLRACE_NOTIFY_DAILY: 'off', MILLRACE_MAIL_TO: 'ops@example.com' }

test('an outage of MySQL is one message, and its end is another in the same thread', async () => {
  const database = await sharedMysql()
  await using network = await openFaultProxy(Number(new URL(database.url).port))
  await using mails = await MailServer.open()
  await using slack = await ScriptedApi.open(() => ({ body: 'ok' }))
  const settings = {
    ...QUICK,
    MILLRACE_SMTP_URL: mails.url,
    MILLRACE_SLACK_WEBHOOK_URL: `${slack.url}/services/T0/B0/x`,
  }
  await using place = await FeedbackPlace.open(settings)
  const url = network.url(place.settings.MILLRACE_MYSQL_URL!)
  Object.assign(place.settings, { MILLRACE_MYSQL_URL: url })
  const millrace = await place.millrace()

  await network.refuse()
  const [failure] = await mails.count(1)
  expect(failure).toMatchObject({ references: null })
  expect(failure!.subject).toMatch(/^\[millrace\] The capture of .* keeps trying/u)
  expect(failure!.said).toContain('Why: MYSQL_UNREACHABLE')
  expect(failure!.said).toContain('Cause: network: a server does not answer, or cannot be reached')
  expect(failure!.said).toContain('millrace tries again')

  await network.accept()
  const [, recovery] = await mails.count(2)
  expect(recovery!.subject).toMatch(/^\[millrace\] Recovered: The capture of/u)
  expect(recovery!.references).toBe(failure!.messageId)
  expect(recovery!.said).toContain('It lasted')

  const asked = await until(async () => (slack.asked.length >= 2 ? slack.asked : null), { what: 'two Slack messages' })
  expect(asked.map(({ body }) => (body as { text: string }).text)).toEqual([
    expect.stringContaining('keeps trying'),
    expect.stringContaining('Recovered: '),
  ])
  expect(mails.mails).toHaveLength(2)
  const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
  expect(metrics).toContain('millrace_notices_total{channel="mail",outcome="sent"} 2')
})

test('what was told before a restart is not told as new, and its end is told in its thread', async () => {
  const database = await sharedMysql()
  await using network = await openFaultProxy(Number(new URL(database.url).port))
  await using mails = await MailServer.open()
  await using place = await FeedbackPlace.open({ ...QUICK, MILLRACE_SMTP_URL: mails.url })
  Object.assign(place.settings, { MILLRACE_MYSQL_URL: network.url(place.settings.MILLRACE_MYSQL_URL!) })
  const first = await place.millrace()
  await network.refuse()
  const [failure] = await mails.count(1)
  const isKept = async () => ((await inNotices(place.path, toldInAll)) === 1 ? true : null)
  await until(isKept, { what: 'the incident is on record' })
  await first.kill()

  await using second = await Millrace.start(place.settings)
  await until(async () => (second.output.includes('will try again') ? true : null), { what: 'it tries again' })
  await network.accept()
  const [, recovery] = await mails.count(2)
  expect(recovery!.subject).toContain('Recovered: ')
  expect(recovery!.references).toBe(failure!.messageId)
  expect(mails.mails).toHaveLength(2)
})

test('a thousand dead letters are one message', async () => {
  await using mails = await MailServer.open()
  await using place = await openFragilePlace({ ...QUICK, MILLRACE_SMTP_URL: mails.url })
  await place.millrace()
  const rows = Array.from({ length: 1_000 }, (_, id) => `(${id}, 'BAD ann@example.com', -1)`)
  await place.database.query(`INSERT INTO stock VALUES ${rows.join()}`)
  const [mail] = await mails.count(1)
  expect(mail!.subject).toContain('has 1,000 dead letters')
  expect(mail!.said).not.toContain('ann@example.com')
  expect(mails.mails).toHaveLength(1)
})

test('settings are tried by a command, and looked at by the doctor, before anything is amiss', async () => {
  await using mails = await MailServer.open()
  await using slack = await ScriptedApi.open(() => ({ status: 404, body: 'no_service' }))
  await using place = await FeedbackPlace.open({ MILLRACE_MAIL_TO: 'ops@example.com' })
  const webhook = `${slack.url}/services/T0/B0/secret-part`
  const settings = { ...place.settings, MILLRACE_SMTP_URL: mails.url, MILLRACE_SLACK_WEBHOOK_URL: webhook }

  const tried = await runCommand(['notify', '--test'], settings)
  expect(tried.out).toContain('ok    mail: the message was taken')
  expect(tried.out).toMatch(/FAIL {2}slack: SLACK_REFUSED: Slack answers 404\n {6}-> Make a new webhook/u)
  expect(tried).toMatchObject({ code: 1, err: '' })
  expect(tried.out).not.toContain('secret-part')
  const [mail] = await mails.count(1)
  expect(mail!.subject).toBe('[millrace] A test message')

  mails.refusals.set('gone@example.com', 550)
  const some = { ...settings, MILLRACE_MAIL_TO: 'ops@example.com,gone@example.com' }
  expect((await runCommand(['notify', '--test'], some)).out).toContain(
    'FAIL  mail: MAIL_REFUSED: others were reached, but not gone@example.com',
  )
  expect(mails.mails[1]!.to).toEqual(['ops@example.com'])

  await mails.stop()
  const looked = JSON.parse((await runCommand(['doctor', '--json'], settings)).out) as { findings: object[] }
  expect(looked.findings).toContainEqual(
    expect.objectContaining({ check: 'mail', isOk: false, detail: expect.stringContaining('MAIL_UNREACHABLE') }),
  )
  expect(looked.findings).toContainEqual(expect.objectContaining({ check: 'slack', isOk: false }))

  const nobody = await runCommand(['notify', '--test'], { ...place.settings, MILLRACE_MAIL_TO: '' })
  expect(nobody.code).toBe(2)
  expect(nobody.err).toContain('the settings name nobody to tell')
  expect((await runCommand(['notify'], settings)).err).toContain('millrace notify --test')
})

test('a daily summary that was missed comes once, by mail and Slack, and another start does not send it again', async () => {
  await using mails = await MailServer.open()
  await using slack = await ScriptedApi.open(() => ({ body: 'ok' }))
  await using place = await FeedbackPlace.open({
    ...{ ...QUICK, MILLRACE_SMTP_URL: mails.url, MILLRACE_SLACK_WEBHOOK_URL: `${slack.url}/services/T0/B0/secret` },
    // Far from now, wherever the clock stands: nothing becomes due while it runs.
    MILLRACE_NOTIFY_DAILY: new Date(Date.now() - 6 * 3_600_000).toISOString().slice(11, 16),
  })
  const lastMs = Date.now() - 3 * 24 * 3_600_000
  await inNotices(place.path, (book) => book.keepTold({ name: 'summary', atMs: lastMs }, []))
  const first = await place.millrace()
  const [mail] = await mails.count(1)
  expect(mail!.subject).toMatch(/^\[millrace\] Daily summary, .*: all well$/u)
  expect(mail!.said).toContain('Delivered: 0 changes')
  await until(async () => (slack.asked.length === 1 ? true : null), { what: 'Slack has it too' })
  expect(JSON.stringify(slack.asked[0]!.body)).toContain('*Delivered*: 0 changes')
  const isKept = () => inNotices(place.path, (book) => ((book.toldMs('summary') ?? 0) > lastMs ? true : null))
  await until(isKept, { what: 'it is on record' })
  await first.kill()

  const second = await place.millrace()
  const isCounting = () => inNotices(place.path, (book) => (book.all('figures').length >= 2 ? true : null))
  await until(isCounting, { what: 'the next process has left its figures' })
  await looksAgain(second)
  expect(mails.mails).toHaveLength(1)

  // Who is stopped leaves all that it counted.
  const venue = await place.site.venue('Opus')
  await until(async () => (await place.table.restaurant(venue)) ?? null, { what: 'the venue' })
  await until(async () => ((await delivered(second)) > 0 ? true : null), { what: 'it is counted' })
  await second.stop()
  const counts = await inNotices(place.path, (book) => book.all('figures').map(({ figures }) => figures))
  const records = counts.map(({ connectors }) => connectors.feedback?.records ?? 0)
  expect(Math.max(...records)).toBeGreaterThan(0)
})

async function delivered({ url }: Millrace): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^millrace_deliver_records_total\S* (\d+)$/mu.exec(metrics)?.[1] ?? 0)
}

test('a webhook that never answers delays neither mails nor deliveries', async () => {
  await using mails = await MailServer.open()
  await using slack = await ScriptedApi.open(() => ({ breaks: 'silent' }))
  const webhook = { MILLRACE_SLACK_WEBHOOK_URL: `${slack.url}/services/T0/B0/x` }
  await using place = await openFragilePlace({ ...QUICK, ...webhook, MILLRACE_SMTP_URL: mails.url })
  const millrace = await place.millrace()
  await place.database.query("INSERT INTO stock VALUES (1, 'BAD', 1)")
  const [mail] = await mails.count(1)
  expect(mail!.subject).toContain('has 1 dead letter')
  await until(async () => (slack.asked.length > 0 ? true : null), { what: 'Slack is asked' })
  await place.database.query("INSERT INTO stock VALUES (2, 'good', 1)")
  const isThere = async () => ((await place.table.items(/^2$/u)).length === 1 ? true : null)
  await until(isThere, { what: 'the next row' })
  const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
  expect(metrics).toMatch(/^millrace_notices_waiting\{channel="slack"\} 1$/mu)
  expect(metrics).toContain('millrace_notices_total{channel="slack",outcome="sent"} 0')
})
