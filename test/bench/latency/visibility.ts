// Stands between millrace and the emulator and notes when the emulator has answered the write of a marked row: from then
// on its item can be read. What it adds itself is part of what is measured.

import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

const WAIT_MS_MAX = 30_000
const MARK = /probe-(\d+)-/gu

/** A text by which a row is recognised in the request that writes it. */
export function markOf(row: number): string {
  return `probe-${row}-`
}

export class Visibility implements AsyncDisposable {
  /** When each row's item could be read, by `performance.now`. */
  readonly #seenAtMs = new Map<number, number>()
  readonly #target: URL
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server: Server
  readonly #waiting = new Map<number, (atMs: number) => void>()

  private constructor(endpoint: string) {
    this.#target = new URL(endpoint)
    this.#server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy())
    })
  }

  static async open(endpoint: string): Promise<Visibility> {
    const visibility = new Visibility(endpoint)
    await once(visibility.#server.listen(0, '127.0.0.1'), 'listening')
    return visibility
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** When the row's item could be read; waits for it. */
  async seen(row: number): Promise<number> {
    const known = this.#seenAtMs.get(row)
    if (known !== undefined) return known
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#waiting.set(row, resolve)
    const late = setTimeout(() => reject(new Error(`row ${row} did not arrive`)), WAIT_MS_MAX)
    return promise.finally(() => clearTimeout(late))
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const { hostname: host, port } = this.#target
    const { method, headers } = incoming
    const outgoing = request({ host, port, method, headers, agent: this.#agent })
    const answered = once(outgoing, 'response')
    outgoing.end(body)
    const [answer]: IncomingMessage[] = await answered
    if (answer === undefined) throw new Error('no answer')
    const answerBody = await buffer(answer)
    if (answer.statusCode === 200) this.#note(body.toString('latin1'))
    response.writeHead(answer.statusCode ?? 500, answer.headers).end(answerBody)
  }

  #note(written: string): void {
    for (const [, digits] of written.matchAll(MARK)) {
      const row = Number(digits)
      const atMs = this.#seenAtMs.get(row) ?? performance.now()
      this.#seenAtMs.set(row, atMs)
      this.#waiting.get(row)?.(atMs)
      this.#waiting.delete(row)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
