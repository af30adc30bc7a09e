// The only file that knows the client library: one connection to one broker, with its TLS, SASL and API versions.
// Everything above speaks the protocol itself through `send`, so another client could take this one's place.

import { createRequire } from 'node:module'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { MillraceError } from '../../core/errors.ts'
import { connectionError } from './kafka-error.ts'
import type { KafkaSettings } from './kafka-settings.ts'
import { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface KafkaRequest {
  readonly name: string
  readonly api: number
  readonly version: number
  readonly body: WireWriter
  /** How long the answer may take beyond the usual. */
  readonly waitMs?: number
}

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

interface ClientRequest {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    readonly encode: () => Promise<{ buf: Buffer; buffer: Buffer; size: () => number }>
  }
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<Buffer>
    readonly parse: (payload: Buffer) => Promise<Buffer>
  }
  readonly requestTimeout: number
  readonly logResponseError: boolean
}

interface ClientConnection {
  isConnected(): boolean
  send(request: ClientRequest): Promise<Buffer>
}

interface ClientPool {
  readonly pool: readonly { readonly requestQueue: { scheduleCheckPendingRequests: () => void } }[]
  getConnection(): Promise<ClientConnection>
}

type Versions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>

interface ClientBroker {
  readonly versions: Versions
  connect(): Promise<void>
}

const require = createRequire(import.meta.url)
const Broker: new (options: object) => ClientBroker = require('kafkajs/src/broker')
const ConnectionPool: new (options: object) => ClientPool = require('kafkajs/src/network/connectionPool')

const CONNECT_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 10_000

const ignore = () => {}
const SILENT = { namespace: () => SILENT, debug: ignore, info: ignore, warn: ignore, error: ignore }

export class BrokerConnection {
  readonly address: string
  readonly #connection: ClientConnection
  readonly #versions: Versions
  readonly #sockets: Set<Socket>

  private constructor(
    address: string,
    parts: { connection: ClientConnection; versions: Versions; sockets: Set<Socket> },
  ) {
    this.address = address
    this.#connection = parts.connection
    this.#versions = parts.versions
    this.#sockets = parts.sockets
  }

  static async open({ host, port }: BrokerAddress, settings: KafkaSettings): Promise<BrokerConnection> {
    const address = `${host}:${port}`
    const sockets = new Set<Socket>()
    const pool = new ConnectionPool(connectionOptions({ host, port }, settings, sockets))
    // It would set a timer after each answer, with a negative delay, for requests held back; none ever is.
    for (const { requestQueue } of pool.pool) requestQueue.scheduleCheckPendingRequests = ignore
    const broker = new Broker({ connectionPool: pool, logger: SILENT, allowAutoTopicCreation: false })
    try {
      await broker.connect()
      const { versions } = broker
      return new BrokerConnection(address, { connection: await pool.getConnection(), versions, sockets })
    } catch (error) {
      for (const socket of sockets) socket.destroy()
      throw connectionError(error, address)
    }
  }

  get isOpen(): boolean {
    return this.#connection.isConnected()
  }

  async send(request: KafkaRequest): Promise<WireReader> {
    const { bytes, isFlexible } = request.body
    this.#checkVersion(request)
    try {
      const answer = await this.#connection.send({
        // Whatever has these three is taken for an encoder and copied behind the request's header.
        request: {
          apiKey: request.api,
          apiVersion: request.version,
          apiName: request.name,
          encode: async () => ({ buf: bytes, buffer: bytes, size: () => bytes.length }),
        },
        response: { decode: async (payload) => payload, parse: async (payload) => payload },
        requestTimeout: REQUEST_TIMEOUT_MS + (request.waitMs ?? 0),
        logResponseError: false,
      })
      return new WireReader(answer, isFlexible)
    } catch (error) {
      this.close() // After a lost or late answer, nothing that comes on this connection can be relied on.
      throw connectionError(error, this.address)
    }
  }

  #checkVersion({ name, api, version }: KafkaRequest): void {
    const { minVersion, maxVersion } = this.#versions[api] ?? { minVersion: 0, maxVersion: -1 }
    if (version >= minVersion && version <= maxVersion) return
    const range = maxVersion < 0 ? 'not at all' : `in versions ${minVersion} to ${maxVersion}`
    throw new MillraceError(
      'KAFKA_UNFIT',
      `the Kafka broker ${this.address} speaks ${name} ${range}; version ${version} is needed`,
    )
  }

  /** At once: requests that wait for their answer fail. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy(new Error('the connection was closed'))
  }
}

function connectionOptions(
  address: BrokerAddress,
  { tls, sasl, clientId }: KafkaSettings,
  sockets: Set<Socket>,
): object {
  const secure = tls && { ca: tls.authority, cert: tls.certificate, key: tls.key }
  return {
    ...address,
    clientId,
    ssl: secure,
    sasl: sasl && { ...sasl }, // The library writes into it.
    logger: SILENT,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    enforceRequestTimeout: true,
    socketFactory: ({ host, port, onConnect }: BrokerAddress & { onConnect: () => void }) => {
      const name = isIP(host) === 0 ? { servername: host } : {}
      const socket = secure
        ? connectTls({ host, port, ...name, ...secure }, onConnect)
        : connectTcp({ host, port }, onConnect)
      sockets.add(socket.setNoDelay(true).setKeepAlive(true, 30_000))
      return socket.once('close', () => sockets.delete(socket))
    },
  }
}
