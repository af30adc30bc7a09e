// People are told: MySQL is taken away from a running millrace and given back, and one mail and one Slack message say so
// each time, the second as an answer to the first.

import { expect, test } from 'vitest'
import { openFaultProxy } from '../support/fault-proxy.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { MailServer } from '../support/mail-server.ts'
import { ScriptedApi } from '../support/scripted-api.ts'
import { sharedMysql } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

const QUICK = { MILLRACE_NOTIFY_GATHER: '2s', MILLRACE_MAIL_TO: 'ops@example.com' }

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

  const told = await until(async () => (slack.asked.length >= 2 ? slack.asked : null), { what: 'two Slack messages' })
  expect(told.map(({ body }) => (body as { text: string }).text)).toEqual([
    expect.stringContaining('keeps trying'),
    expect.stringContaining('Recovered: '),
  ])
  expect(mails.mails).toHaveLength(2)
  const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
  expect(metrics).toContain('millrace_notices_total{channel="mail",outcome="sent"} 2')
})
