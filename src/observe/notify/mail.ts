// Sends messages as mails. Those of one incident answer its first, so that a mail program shows them together.

import { hostname } from 'node:os'
import { createTransport, type SentMessageInfo, type Transporter } from 'nodemailer'
import { MillraceError } from '../../core/errors.ts'
import { isLoopback } from '../../core/is-loopback.ts'
import type { Channel, Unreached } from './channel.ts'
import { letter } from './letter.ts'
import type { Message } from './message.ts'

export interface MailOptions {
  readonly url: string
  readonly to: readonly string[]
  /** Null: millrace at this host. */
  readonly from: string | null
}

const CONNECT_MS_MAX = 10_000
const SILENT_MS_MAX = 30_000
/** From here on a server's answer is for good. */
const PERMANENT = 500
/** The server does not take this user. */
const CREDENTIALS = new Set(['EAUTH', 'EENVELOPE', 'ETLS'])

interface Rejection {
  readonly recipient?: string
  readonly responseCode?: number
}

interface Failure {
  readonly code?: string
  readonly responseCode?: number
  readonly rejected?: readonly string[]
}

export class Mail implements Channel {
  readonly name = 'mail'
  readonly #options: MailOptions
  readonly #transport: Transporter

  constructor(options: MailOptions) {
    this.#options = options
    this.#transport = createTransport({
      url: options.url,
      connectionTimeout: CONNECT_MS_MAX,
      greetingTimeout: CONNECT_MS_MAX,
      socketTimeout: SILENT_MS_MAX,
      requireTLS: hidesSecrets(options.url),
      // Nothing is ever read from a file or fetched for a mail.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  }

  async send(message: Message, only: readonly string[] | null): Promise<Unreached> {
    const { to, from: named } = this.#options
    const from = named ?? `millrace <millrace@${hostname()}>`
    const first = message.answers === null ? null : this.#idOf(message.answers)
    const envelope = {
      from,
      to: [...to],
      ...(only === null ? {} : { envelope: { from, to: [...only] } }),
      messageId: this.#idOf(message.id),
      ...(first === null ? {} : { inReplyTo: first, references: [first] }),
      // So that nobody's absence answers it.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    }
    return unreached(await this.#asked(() => this.#transport.sendMail({ ...envelope, ...letter(message) })))
  }

  /** Connects and signs in, and sends nothing. */
  async check(): Promise<void> {
    await this.#asked(() => this.#transport.verify())
  }

  async close(): Promise<void> {
    this.#transport.close()
  }

  #idOf(id: string): string {
    return `<${id}@${domainOf(this.#options.from) ?? hostname()}>`
  }

  async #asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (cause) {
      throw named(cause)
    }
  }
}

/** Addresses are the settings' own; what the server says of each is its own affair. */
function unreached({ rejectedErrors = [] }: SentMessageInfo): Unreached {
  const errors: readonly Rejection[] = rejectedErrors
  const isForGood = ({ responseCode = 0 }: Rejection) => responseCode >= PERMANENT
  const names = (all: readonly Rejection[]) => all.flatMap(({ recipient }) => recipient ?? [])
  return { refused: names(errors.filter(isForGood)), putOff: names(errors.filter((one) => !isForGood(one))) }
}

/** What a server says may quote addresses; its code says enough. */
function named(cause: unknown): MillraceError {
  const { code = 'unknown', responseCode, rejected = [] } = cause as Failure
  const answer = responseCode === undefined ? code : `${responseCode} ${code}`
  const said = rejected.length === 0 ? answer : `${answer} for ${rejected.join(', ')}`
  const isForGood = responseCode === undefined ? CREDENTIALS.has(code) : responseCode >= PERMANENT
  return isForGood
    ? new MillraceError('MAIL_REFUSED', `the mail server refuses: ${said}`, { cause })
    : new MillraceError('MAIL_UNREACHABLE', `the mail server does not take mail now: ${said}`, { cause })
}

/** A password goes to another machine in TLS, unless the URL says that it need not. */
function hidesSecrets(text: string): boolean {
  const url = new URL(text)
  return url.password !== '' && !isLoopback(url.hostname) && url.searchParams.get('requireTLS') !== 'false'
}

function domainOf(from: string | null): string | null {
  return /@([^\s>@]+)>?$/u.exec(from ?? '')?.[1] ?? null
}
