// An HTTP peer that answers as it is told to: every answer an API can give, right or wrong, is a function of what it was asked.

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Asked {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  /** Null when there is none. */
  readonly body: unknown
}

export interface Scripted {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is when it is text or bytes, else as JSON. */
  readonly body?: unknown
  /** The connection ends in the middle of the answer; or nothing comes at all. */
  readonly breaks?: 'cut' | 'silent'
}

export class ScriptedApi implements AsyncDisposable {
  readonly url: string
  readonly asked: Asked[] = []
  answer: (asked: Asked) => Scripted
  readonly #server: Server

  private constructor(server: Server, answer: (asked: Asked) => Scripted) {
    this.#server = server
    this.answer = answer
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async open(answer: (asked: Asked) => Scripted = () => ({ body: [] })): Promise<ScriptedApi> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const api = new ScriptedApi(server, answer)
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        const asked = {
          method: request.method ?? '',
          url: new URL(request.url ?? '', api.url),
          headers: request.headers,
          body: body === '' ? null : JSON.parse(body),
        }
        api.asked.push(asked)
        send(response, api.answer(asked))
      })
    })
    return api
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', breaks }: Scripted): void {
  if (breaks === 'silent') return
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const bytes = isRaw ? Buffer.from(body as string) : Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers })
  if (breaks !== 'cut') response.end(bytes)
  else response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
}
