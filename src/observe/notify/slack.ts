// Sends messages to a Slack webhook: blocks, and plain text for notifications and for programs that show no blocks.

import { MillraceError } from '../../core/errors.ts'
import { ALL_REACHED, type Channel, type Unreached } from './channel.ts'
import { Delayed } from './delayed.ts'
import type { Message, Section } from './message.ts'

const ANSWER_MS_MAX = 10_000
/** Slack refuses more. */
const HEADER_MAX = 150
const TEXT_MAX = 3_000
const BLOCKS_MAX = 50
const EMPTY = 400
const LIMITED = 429
const FAULTY = 500

const MARKS: Readonly<Record<Message['tone'], string>> = {
  critical: ':red_circle:',
  warning: ':large_orange_circle:',
  good: ':large_green_circle:',
  plain: ':white_circle:',
}

export class Slack implements Channel {
  readonly name = 'slack'
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(message: Message): Promise<Unreached> {
    const answer = await this.#post(slackBody(message))
    if (!answer.ok) throw refusal(answer)
    return ALL_REACHED
  }

  /** A webhook that Slack knows finds a message without text to be none; one that it does not know is not found. */
  async check(): Promise<void> {
    const answer = await this.#post({})
    if (!answer.ok && answer.status !== EMPTY) throw refusal(answer)
  }

  async close(): Promise<void> {}

  async #post(body: object): Promise<Response> {
    try {
      const answer = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      })
      // It has to be read, or the connection stays open.
      await answer.text().catch(() => '')
      return answer
    } catch (cause) {
      const { name } = cause as Error
      const said = name === 'TimeoutError' ? `no answer within ${ANSWER_MS_MAX / 1000} s` : 'the connection failed'
      throw new MillraceError('SLACK_UNREACHABLE', said, { cause })
    }
  }
}

function refusal({ status, headers }: Response): MillraceError {
  const said = `Slack answers ${status}`
  if (status !== LIMITED && status < FAULTY) return new MillraceError('SLACK_REFUSED', said)
  const afterS = Number(headers.get('retry-after') ?? Number.NaN)
  return new Delayed('SLACK_UNREACHABLE', said, Number.isNaN(afterS) ? null : afterS * 1000)
}

function slackBody(message: Message): object {
  const { tone, subject, lead, sections, notes } = message
  const title = subject.replace('[millrace] ', '')
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: cut(title, HEADER_MAX) } },
    section(`${MARKS[tone]} ${escaped(lead)}`),
    ...sections.map((one) => section(sectionText(one))),
  ]
  const below = { type: 'context', elements: [{ type: 'mrkdwn', text: cut(notes.map(escaped).join('\n'), TEXT_MAX) }] }
  const shown = blocks.slice(0, BLOCKS_MAX - 1)
  return { text: escaped(`${subject}: ${lead}`), blocks: [...shown, ...(notes.length === 0 ? [] : [below])] }
}

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, TEXT_MAX) } }
}

function sectionText({ title, facts, command, link }: Section): string {
  const lines = facts.map(({ label, text }) => `*${escaped(label)}*: ${escaped(text)}`)
  const run = command === null ? [] : [`\`${inert(command)}\``]
  const see = link === null ? [] : [`<${inert(link)}|Open it in the console>`]
  return [`*${escaped(title)}*`, ...lines, ...run, ...see].join('\n')
}

/** Slack's own three; without them nobody is mentioned and nothing is linked. */
function inert(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A mark in front of a word would begin something bold or struck out. */
function escaped(text: string): string {
  return inert(text).replace(/(^|[\s("'])([*_~`])/gmu, '$1\u200b$2')
}

/** By characters as people count them; what was escaped is not cut through. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 1).replace(/&[a-z]{0,3}$|[\ud800-\udbff]$/u, '')}…`
}
