// `millrace notify --test`: sends one message by each way that the settings name, and says which of them arrived.

import { randomUUID } from 'node:crypto'
import { MillraceError } from '../core/errors.ts'
import type { Channel } from '../observe/notify/channel.ts'
import type { Message } from '../observe/notify/message.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import type { System } from './system.ts'

export function notifyCommand(system: System): Command {
  return {
    name: 'notify',
    about: 'Send a test message by mail and Slack, as the settings say.',
    options: { test: { about: 'send it' } },
    run: (call) => notify(system, call),
  }
}

async function notify(system: System, { options, env, terminal, isJson }: Call): Promise<ExitCode> {
  if (!options.has('test')) {
    const hint = 'Run `millrace notify --test`: it sends one message by each way that the settings name.'
    throw new MillraceError('COMMAND_INVALID', 'millrace notify sends nothing by itself', { hint })
  }
  const { readSetup } = await import('./read-setup.ts')
  const { notifyChannels } = await import('./notify-channels.ts')
  const channels = await notifyChannels((await readSetup(system, env)).config)
  if (channels.length === 0) {
    const hint = 'Set MILLRACE_SMTP_URL and MILLRACE_MAIL_TO, or MILLRACE_SLACK_WEBHOOK_URL, or all of them.'
    throw new MillraceError('CONFIG_INVALID', 'the settings name nobody to tell', { hint })
  }
  const sent = await Promise.all(channels.map((channel) => send(channel, testMessage())))
  const isWell = sent.every(({ error }) => error === null)
  terminal.print(isJson ? `${JSON.stringify({ ok: isWell, channels: sent })}\n` : sent.map(line).join(''))
  return isWell ? EXIT.done : EXIT.failed
}

interface Sent {
  readonly channel: Channel['name']
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null
}

async function send(channel: Channel, message: Message): Promise<Sent> {
  try {
    const { refused, putOff } = await channel.send(message, null)
    const left = [...refused, ...putOff]
    if (left.length === 0) return { channel: channel.name, error: null }
    throw new MillraceError('MAIL_REFUSED', `others were reached, but not ${left.join(', ')}`)
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    const { code, message: said, hint } = error
    return { channel: channel.name, error: { code, message: said, hint } }
  } finally {
    await channel.close()
  }
}

function line({ channel, error }: Sent): string {
  if (error === null) return `ok    ${channel}: the message was taken\n`
  return `FAIL  ${channel}: ${error.code}: ${error.message}\n      -> ${error.hint}\n`
}

function testMessage(): Message {
  return {
    ...{ id: `test.${randomUUID()}`, answers: null, tone: 'plain', sections: [] },
    subject: '[millrace] A test message',
    lead: 'The settings of this millrace reach you: what is amiss will be told here, and when it is over.',
    notes: ['Somebody ran `millrace notify --test`. Nothing is wrong.'],
  }
}
