// A real SMTP server that keeps what it is sent, asks for a password in TLS, and refuses as it is told to.

import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { freePort } from '../../src/stack/free-port.ts'
import { until } from './until.ts'

export interface Mail {
  /** As it came. */
  readonly raw: string
  /** All of it, without the breaks that mails are sent with. */
  readonly said: string
  readonly subject: string
  readonly messageId: string
  readonly references: string | null
  /** Whom it was taken for. */
  readonly to: readonly string[]
}

interface Account {
  readonly user: string
  readonly password: string
}

export class MailServer implements AsyncDisposable {
  readonly url: string
  readonly mails: Mail[] = []
  /** What it answers for some addresses instead of taking mails for them. */
  readonly refusals = new Map<string, number>()
  /** What it answers to a mail instead of taking it. */
  refusal: number | null = null
  readonly #port: number
  readonly #account: Account | null
  #server: SMTPServer | null = null

  private constructor(port: number, account: Account | null) {
    this.#port = port
    this.#account = account
    const signIn = account === null ? '' : `${account.user}:${account.password}@`
    this.url = `smtp://${signIn}127.0.0.1:${port}`
  }

  static async open(account: Account | null = null): Promise<MailServer> {
    const server = new MailServer(await freePort(), account)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const account = this.#account
    const server = new SMTPServer({
      authOptional: account === null,
      disabledCommands: account === null ? ['STARTTLS'] : [],
      onAuth: ({ username, password }, _session, answer) => {
        const isRight = username === account?.user && password === account?.password
        answer(isRight ? null : new Error('wrong user or password'), { user: username })
      },
      onRcptTo: ({ address }, _session, answer) => {
        const code = this.refusals.get(address)
        answer(code === undefined ? null : Object.assign(new Error('no'), { responseCode: code }))
      },
      onData: (stream, { envelope }, answer) => {
        void text(stream).then((raw) => {
          if (this.refusal !== null) return answer(Object.assign(new Error('no'), { responseCode: this.refusal }))
          this.mails.push({ ...mailOf(raw), to: envelope.rcptTo.map(({ address }) => address) })
          answer()
        })
      },
    })
    // Clients that hang up are no failure of the server's.
    server.on('error', () => undefined)
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    this.#server = server
    if ((server.server.address() as AddressInfo).port !== this.#port) throw new Error('another port')
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server !== null) await new Promise<void>((resolve) => server.close(resolve))
  }

  /** Once there are that many. */
  count(count: number): Promise<readonly Mail[]> {
    const ask = async () => (this.mails.length >= count ? this.mails : null)
    return until(ask, { what: `${count} mails, of ${JSON.stringify(this.mails.map(({ subject }) => subject))}` })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

function mailOf(raw: string): Omit<Mail, 'to'> {
  const [head = ''] = raw.split('\r\n\r\n')
  const unfolded = head.replaceAll(/\r\n[ \t]+/gu, ' ')
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'imu').exec(unfolded)?.[1]?.trim() ?? null
  return {
    raw,
    said: raw.replaceAll('=\r\n', '').replaceAll('=3D', '='),
    subject: header('Subject') ?? '',
    messageId: header('Message-ID') ?? '',
    references: header('References'),
  }
}
