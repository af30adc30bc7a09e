// Messages on their way: through a real SMTP server that refuses, is away and comes back, and a webhook that says whatever
// Slack can say.

import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Channel } from '../../../src/observe/notify/channel.ts'
import { Mail } from '../../../src/observe/notify/mail.ts'
import type { Message } from '../../../src/observe/notify/message.ts'
import { type Fared, Outbox } from '../../../src/observe/notify/outbox.ts'
import { Slack } from '../../../src/observe/notify/slack.ts'
import { MailServer } from '../../support/mail-server.ts'
import { ScriptedApi } from '../../support/scripted-api.ts'
import { until } from '../../support/until.ts'

const EVIL = `<script>alert(1)</script> & "x" <!channel> <http://evil.example|click> *bold*`

function message(more: Partial<Message> = {}): Message {
  return {
    ...{ id: 'abc.1', answers: null, tone: 'critical', subject: '[millrace] It has stopped', lead: 'One thing.' },
    sections: [{ title: EVIL, facts: [{ label: 'Why', text: EVIL }], command: 'millrace doctor', link: null }],
    notes: ['Incident abc.'],
    ...more,
  }
}

/** Waits are noted and over at once. */
function outboxFor(...channels: readonly Channel[]) {
  const fared: (readonly [Channel['name'], Fared, string | null])[] = []
  const waits: number[] = []
  const errors: Error[] = []
  const ending = new AbortController()
  const outbox = new Outbox({
    ...{ channels, random: () => 0.5 },
    clock: { nowMs: () => Date.now(), sleep: async (ms) => void waits.push(ms) },
    onFared: (channel, how, error) => {
      fared.push([channel, how, error?.code ?? null])
      if (error !== null) errors.push(error)
    },
  })
  const running = outbox.run(ending.signal)
  onTestFinished(async () => {
    ending.abort()
    await running
  })
  return { outbox, fared, waits, errors }
}

describe('a mail', () => {
  let server: MailServer
  beforeEach(async () => {
    server = await MailServer.open()
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const mailTo = (url: string) => new Mail({ url, to: ['ops@example.com'], from: 'millrace <m@example.com>' })

  test('answers the first of its incident, is text and HTML, and runs nothing that it quotes', async () => {
    const mail = mailTo(server.url)
    await mail.send(message(), null)
    await mail.send(message({ id: 'abc.2', answers: 'abc.1' }), null)
    const [first, second] = await server.count(2)
    expect(first).toMatchObject({ subject: '[millrace] It has stopped', messageId: '<abc.1@example.com>' })
    expect(second?.references).toBe('<abc.1@example.com>')
    const [, html = ''] = first!.said.split('text/html')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toContain('<script')
    expect(first!.said).toContain('Auto-Submitted: auto-generated')
  })

  test('whose subject would bring headers along brings none', async () => {
    await mailTo(server.url).send(message({ subject: '[millrace] a\r\nBcc: thief@example.com' }), null)
    const [mail] = await server.count(1)
    expect(mail!.raw.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/mu)
  })

  test('is sent in TLS to a server that asks who it is, and refused with a name where that is wrong', async () => {
    await using locked = await MailServer.open({ user: 'millrace', password: 'right-password' })
    const tls = '?tls.rejectUnauthorized=false'
    await mailTo(`${locked.url}/${tls}`).send(message(), null)
    await locked.count(1)
    const wrong = mailTo(`${locked.url.replace('right', 'wrong')}/${tls}`)
    await expect(wrong.send(message(), null)).rejects.toMatchObject({ code: 'MAIL_REFUSED', fate: 'stop' })
    await expect(wrong.check()).rejects.toMatchObject({ code: 'MAIL_REFUSED' })
  })

  test('that the server refuses for now is tried again, and one that it refuses for good is not', async () => {
    const { outbox, fared } = outboxFor(mailTo(server.url))
    server.refusal = 451
    const offered = outbox.offer(message())
    await until(async () => (fared.length >= 3 ? true : null), { what: 'three tries' })
    server.refusal = null
    expect(await offered).toBe(true)
    expect(fared[0]).toEqual(['mail', 'retried', 'MAIL_UNREACHABLE'])
    expect(fared.at(-1)).toEqual(['mail', 'sent', null])
    server.refusal = 550
    expect(await outbox.offer(message({ id: 'abc.2' }))).toBe(false)
    expect(fared.at(-1)).toEqual(['mail', 'refused', 'MAIL_REFUSED'])
    expect(server.mails).toHaveLength(1)
  })

  test('of which some addresses are refused counts as sent, and is not tried again for them', async () => {
    const to = ['ops@example.com', 'gone@example.com', 'oncall@example.com']
    server.refusals.set('gone@example.com', 550)
    const { outbox, fared, errors } = outboxFor(new Mail({ url: server.url, to, from: null }))
    expect(await outbox.offer(message())).toBe(true)
    expect(await outbox.offer(message({ id: 'abc.2' }))).toBe(true)
    await server.count(2)
    expect(server.mails.map((mail) => mail.to)).toEqual([
      ['ops@example.com', 'oncall@example.com'],
      ['ops@example.com', 'oncall@example.com'],
    ])
    const both = [
      ['mail', 'sent', null],
      ['mail', 'refused', 'MAIL_REFUSED'],
    ]
    expect(fared).toEqual([...both, ...both])
    expect(errors[0]?.message).toBe('others were reached, but not gone@example.com')
    expect(outbox.waiting.get('mail')).toBe(0)
  })

  test('of which some addresses are put off is tried again for those alone, and keeps nobody waiting', async () => {
    const to = ['ops@example.com', 'slow@example.com']
    server.refusals.set('slow@example.com', 450)
    const { outbox, fared } = outboxFor(new Mail({ url: server.url, to, from: null }))
    expect(await outbox.offer(message())).toBe(true)
    expect(await outbox.offer(message({ id: 'abc.2' }))).toBe(true)
    expect(outbox.waiting.get('mail')).toBe(2)
    server.refusals.clear()
    await server.count(4)
    expect(server.mails.map((mail) => mail.to)).toEqual([
      ['ops@example.com'],
      ['ops@example.com'],
      ['slow@example.com'],
      ['slow@example.com'],
    ])
    expect(server.mails.map(({ messageId }) => messageId.split('@')[0])).toEqual([
      '<abc.1',
      '<abc.2',
      '<abc.1',
      '<abc.2',
    ])
    expect(server.mails[2]!.raw).toMatch(/^To: ops@example.com, slow@example.com/mu)
    expect(fared).toContainEqual(['mail', 'retried', 'MAIL_UNREACHABLE'])
    expect(fared.map(([, how]) => how)).not.toContain('refused')
  })

  test('that nobody gets is refused by name', async () => {
    server.refusals.set('ops@example.com', 550)
    await expect(mailTo(server.url).send(message(), null)).rejects.toMatchObject({
      ...{ code: 'MAIL_REFUSED', message: 'the mail server refuses: 550 EENVELOPE for ops@example.com' },
    })
  })

  test('waits for a server that is away, and does not keep Slack from hearing', async () => {
    await using api = await ScriptedApi.open(() => ({ body: 'ok' }))
    await server.stop()
    const { outbox, fared } = outboxFor(mailTo(server.url), new Slack(api.url))
    expect(await outbox.offer(message())).toBe(true)
    expect(api.asked).toHaveLength(1)
    expect(outbox.waiting).toEqual(
      new Map([
        ['mail', 1],
        ['slack', 0],
      ]),
    )
    await server.start()
    await server.count(1)
    expect(fared).toContainEqual(['mail', 'retried', 'MAIL_UNREACHABLE'])
  })
})

describe('Slack', () => {
  test('gets blocks and plain text, with nobody mentioned and nothing linked', async () => {
    await using api = await ScriptedApi.open(() => ({ body: 'ok' }))
    await new Slack(`${api.url}/services/T0/B0/secret`).send(message())
    const body = JSON.stringify(api.asked[0]?.body)
    expect(body).toContain('&lt;!channel&gt;')
    expect(body).not.toMatch(/<!|<http/u)
    expect(api.asked[0]?.body).toMatchObject({ text: '[millrace] It has stopped: One thing.' })
  })

  test('is never sent more than it takes', async () => {
    await using api = await ScriptedApi.open(() => ({ body: 'ok' }))
    const long = { title: 'x'.repeat(5_000), facts: [], command: null, link: null }
    await new Slack(api.url).send(
      message({ subject: 'y'.repeat(500), sections: Array.from({ length: 80 }, () => long) }),
    )
    const { blocks } = api.asked[0]!.body as { blocks: { text?: { text: string } }[] }
    expect(blocks).toHaveLength(50)
    expect(Math.max(...blocks.map(({ text }) => text?.text.length ?? 0))).toBe(3_000)
  })

  test('is asked again when it says, and no sooner', async () => {
    const answers = [{ status: 429, headers: { 'retry-after': '30' } }, { status: 500 }, { breaks: 'cut' as const }]
    await using api = await ScriptedApi.open(() => answers.shift() ?? { body: 'ok' })
    const { outbox, fared, waits } = outboxFor(new Slack(api.url))
    expect(await outbox.offer(message())).toBe(true)
    expect(waits[0]).toBe(30_000)
    // What came with a good status counts as told, whatever became of its body.
    expect(fared.map(([, how]) => how)).toEqual(['retried', 'retried', 'sent'])
  })

  test('that knows no such webhook is not asked again', async () => {
    await using api = await ScriptedApi.open(() => ({ status: 404, body: 'no_service' }))
    const { outbox, fared } = outboxFor(new Slack(api.url))
    expect(await outbox.offer(message())).toBe(false)
    expect(fared).toEqual([['slack', 'refused', 'SLACK_REFUSED']])
  })

  test('says whether it knows the webhook, and nobody reads of it', async () => {
    let status = 400
    await using api = await ScriptedApi.open(() => ({ status, body: 'no_text' }))
    const slack = new Slack(api.url)
    await slack.check()
    expect(api.asked[0]?.body).toEqual({})
    status = 404
    await expect(slack.check()).rejects.toMatchObject({ code: 'SLACK_REFUSED' })
    status = 503
    await expect(slack.check()).rejects.toMatchObject({ code: 'SLACK_UNREACHABLE' })
  })

  test('that stays away holds 100 messages and no more', async () => {
    const { outbox, fared } = outboxFor({
      name: 'slack',
      send: () => new Promise(() => undefined),
      check: async () => undefined,
      close: async () => undefined,
    })
    const offered = Array.from({ length: 120 }, (_, at) => outbox.offer(message({ id: `m.${at}` })))
    expect(outbox.waiting.get('slack')).toBe(100)
    expect(fared.filter(([, how]) => how === 'dropped')).toHaveLength(20)
    outbox.takeBack()
    expect(await Promise.all(offered)).not.toContain(true)
  })
})
