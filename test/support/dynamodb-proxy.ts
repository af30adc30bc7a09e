// An HTTP proxy in front of a DynamoDB emulator that fails as the real service does: it asks its plan what should
// happen to each request.

import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type Answer,
  cancelled,
  errorAnswer,
  type Fault,
  failedStatements,
  type Request,
  unprocessed,
  unprocessedKeys,
} from './dynamodb-fault.ts'

export interface Call {
  /** E.g. `PutItem`. */
  readonly operation: string
  /** Counted from 1, of its operation. */
  readonly nth: number
  readonly request: Request
}

/** What should happen to a request; null lets it pass. */
export type Plan = (call: Call) => Fault | null | Promise<Fault | null>

export class DynamodbProxy implements AsyncDisposable {
  /** Every request since the proxy was opened. */
  readonly calls: Call[] = []
  plan: Plan = () => null
  readonly #target: URL
  readonly #agent = new Agent({ keepAlive: true })
  readonly #server: Server

  constructor(endpoint: string) {
    this.#target = new URL(endpoint)
    this.#server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy())
    })
  }

  async open(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = this.#call(incoming, await buffer(incoming))
    this.calls.push(call)
    const fault = await this.plan(call)
    const carryOut = (changed: Request) => this.#carryOut(incoming, changed)
    const isReset = fault?.kind === 'reset'
    if (isReset && fault.when === 'before') return void incoming.socket.resetAndDestroy()
    const { status, headers, body } = await answerTo(call, fault, carryOut)
    if (isReset && fault.when === 'after') return void incoming.socket.resetAndDestroy()
    response.writeHead(status, headers)
    if (!isReset) return void response.end(body)
    response.write(body.subarray(0, body.length / 2), () => incoming.socket.resetAndDestroy())
  }

  #call(incoming: IncomingMessage, body: Buffer): Call {
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
    const nth = this.calls.filter((call) => call.operation === operation).length + 1
    return { operation, nth, request: JSON.parse(body.toString() || '{}') }
  }

  /** The host stays as it was: it is part of what the client signed. */
  async #carryOut(incoming: IncomingMessage, changed: Request): Promise<Answer> {
    const body = Buffer.from(JSON.stringify(changed))
    const outgoing = request({
      host: this.#target.hostname,
      port: this.#target.port,
      method: incoming.method,
      headers: { ...incoming.headers, 'content-length': body.length, 'accept-encoding': 'identity' },
      agent: this.#agent,
    })
    const answered = once(outgoing, 'response')
    outgoing.end(body)
    const [answer]: IncomingMessage[] = await answered
    if (answer === undefined) throw new Error('no answer')
    return { status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) }
  }
}

export function openDynamodbProxy(endpoint: string): Promise<DynamodbProxy> {
  return new DynamodbProxy(endpoint).open()
}

async function answerTo(
  { request }: Call,
  fault: Fault | null,
  carryOut: (request: Request) => Promise<Answer>,
): Promise<Answer> {
  switch (fault?.kind) {
    case 'error':
      if (fault.isCarriedOut) await carryOut(request)
      return errorAnswer(fault.type)
    case 'delay':
      await delay(fault.ms)
      return carryOut(request)
    case 'unprocessed':
      return unprocessed(request, fault.carriedOut, carryOut)
    case 'unprocessedKeys':
      return unprocessedKeys(request, fault.read, carryOut)
    case 'statements':
      return failedStatements(request, fault, carryOut)
    case 'cancel':
      return cancelled(request, fault.reasons)
    default:
      return carryOut(request)
  }
}
