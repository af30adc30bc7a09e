// One request to DynamoDB, and its answer; nothing is retried here. The SDK's client says where to go and who we are;
// its request pipeline is left out, because it costs ten times the CPU of the request itself.

import type { IncomingMessage } from 'node:http'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { MillraceError } from '../core/errors.ts'
import { HttpAgent, HttpsAgent, requestHttp, requestHttps } from '../core/node-http.ts'
import { type Address, clientConfig, isEmulator } from './client-config.ts'
import { ServiceError } from './service-error.ts'
import { Signer } from './signer.ts'

const IDLE_MS_MAX = 10_000
const TABLES = 'DynamoDB_20120810'
const STREAMS = 'DynamoDBStreams_20120810'
/** They have an API and a host of their own. */
const OF_STREAMS = new Set(['DescribeStream', 'GetShardIterator', 'GetRecords'])

export class Transport {
  readonly #client: DynamoDBClient
  readonly #tables: URL
  readonly #streams: URL
  readonly #signer: Signer
  readonly #agent: InstanceType<typeof HttpAgent>

  private constructor(client: DynamoDBClient, url: URL, { region, endpoint }: { region: string; endpoint?: string }) {
    this.#client = client
    this.#tables = url
    this.#streams = new URL(url)
    const isShared = isEmulator(endpoint) || !url.hostname.startsWith('dynamodb')
    if (!isShared) this.#streams.hostname = `streams.${url.hostname}`
    this.#signer = new Signer(region)
    const options = { keepAlive: true, maxFreeSockets: 256, timeout: IDLE_MS_MAX }
    this.#agent = url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
  }

  static async open(address: Address): Promise<Transport> {
    const client = new DynamoDBClient(clientConfig(address))
    try {
      const place = await client.config.region()
      const url = address.endpoint ?? client.config.endpointProvider({ Region: place }).url
      return new Transport(client, new URL(url), { ...address, region: place })
    } catch (cause) {
      client.destroy()
      throw new MillraceError('CONFIG_INVALID', 'no AWS region is set', { hint: 'Set AWS_REGION.', cause })
    }
  }

  async call<Answer>(operation: string, input: object, signal: AbortSignal): Promise<Answer> {
    const body = JSON.stringify(input)
    const isOfStreams = OF_STREAMS.has(operation)
    const url = isOfStreams ? this.#streams : this.#tables
    const target = `${isOfStreams ? STREAMS : TABLES}.${operation}`
    const credentials = await this.#client.config.credentials()
    const headers = this.#signer.sign({ host: url.host, target, body }, credentials, Date.now())
    const { status, text } = await this.#exchange(url, { headers, body, signal })
    const answer = JSON.parse(text)
    if (status !== 200) throw new ServiceError(status, answer)
    return answer
  }

  close(): void {
    this.#agent.destroy()
    this.#client.destroy()
  }

  #exchange(url: URL, { headers, body, signal }: Outgoing): Promise<Exchange> {
    const { promise, resolve, reject } = Promise.withResolvers<Exchange>()
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const options = {
      ...{ host: url.hostname.replace(/^\[|\]$/gu, ''), port: url.port, path: '/', method: 'POST' },
      ...{ agent: this.#agent, signal, timeout: IDLE_MS_MAX },
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    }
    const request = send(options, (response) => read(response).then(resolve, reject))
    request.on('error', reject)
    request.on('timeout', () => request.destroy(new TimeoutError()))
    request.end(body)
    return promise
  }
}

interface Outgoing {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

interface Exchange {
  readonly status: number
  readonly text: string
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  override readonly message = `no answer within ${IDLE_MS_MAX / 1000} s`
}

/** By events: an async iterator would cost as much as the rest of the exchange. */
function read(response: IncomingMessage): Promise<Exchange> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>()
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
  })
  response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
  response.on('error', reject)
  return promise
}
