// The connection that the server sends its binary log through. @vlasky/zongji makes the handshake (flavour, checksums,
// where to begin); from there on the packets are taken below its parser and handed over as they are.

import ZongJi from '@vlasky/zongji'
import type { MillraceError } from '../../core/errors.ts'
import { driverOptions } from '../../mysql/driver-options.ts'
import type { MysqlAddress } from '../../mysql/mysql-address.ts'
import { mysqlFault } from './mysql-fault.ts'

/** How long the server waits for a reader that is paused, before it drops the connection. */
const WRITE_TIMEOUT_S = 3600
const PACKET_HEADER_BYTES = 4
const END_OF_DUMP = 0xfe

export interface DumpOptions {
  readonly address: MysqlAddress
  /** What the server knows this reader as. */
  readonly serverId: number
  /** The `server_id` of the server that the GTIDs and positions were settled with. */
  readonly of?: string
  /** The GTIDs to leave out. */
  readonly gtids: string
  readonly heartbeatMs: number
  /** `at` is where the event's header begins; the buffer is used again afterwards. */
  readonly onEvent: (buffer: Buffer, at: number, end: number) => void
  readonly onFailure: (error: MillraceError) => void
}

interface Packet {
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
}

interface Command {
  binlogData(packet: Packet): Command['binlogData']
  onResult(error: unknown): void
}

/** What is used of zongji beside its documented interface; every test of changes fails when it is no longer so. */
interface Internals {
  readonly connection: DumpConnection | null
  readonly ctrlConnection: { end(): void }
  readonly useChecksum: boolean
  readonly BinlogClass: { readonly prototype: Command }
}

interface DumpConnection {
  readonly stream: { readonly bytesRead: number }
  query(sql: string, done: (error: unknown, rows?: readonly Record<string, unknown>[]) => void): void
  pause(): void
  resume(): void
}

export class Dump {
  readonly #zongji: ZongJi
  readonly #options: DumpOptions
  #isClosed = false
  #isPaused = false

  constructor(options: DumpOptions) {
    this.#options = options
    this.#zongji = new ZongJi(driverOptions(options.address))
    this.#zongji.on('error', (error: unknown) => this.#fail(error))
    this.#zongji.on('ready', () => this.#take())
    this.#zongji.start({ serverId: options.serverId, gtidSet: options.gtids })
  }

  get #internals(): Internals {
    return this.#zongji as unknown as Internals
  }

  /** Whether events carry a checksum until the first format description says so itself. */
  get hasChecksum(): boolean {
    return this.#internals.useChecksum
  }
  /** Everything that ever came from the server: a large event takes a while to be complete. */
  get bytesRead(): number {
    return this.#isClosed ? 0 : (this.#internals.connection?.stream.bytesRead ?? 0)
  }
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Runs before the dump is asked for: what is queried here is answered before the first event. */
  #take(): void {
    const { connection, ctrlConnection, BinlogClass } = this.#internals
    if (connection === null) return
    const { onEvent, heartbeatMs, of } = this.#options
    // Not needed any more, and left idle the server would close it sooner or later.
    ctrlConnection.end()
    const nanos = heartbeatMs * 1_000_000
    const settings = `@master_heartbeat_period = ${nanos}, @source_heartbeat_period = ${nanos}`
    connection.query(`SET ${settings}, @@session.net_write_timeout = ${WRITE_TIMEOUT_S}`, (error) => {
      if (error) this.#fail(error)
    })
    connection.query('SELECT @@server_id AS id', (error, rows = []) => {
      if (error) this.#fail(error)
      else if (of !== undefined && String(rows[0]?.id) !== of)
        this.#fail(new Error('another server answers than a moment ago'))
    })
    const command = BinlogClass.prototype
    command.onResult = (error) => this.#fail(error)
    command.binlogData = (packet) => {
      const at = packet.start + PACKET_HEADER_BYTES
      if (packet.buffer[at] === END_OF_DUMP) this.#fail(new Error('the server ended the dump'))
      else if (!this.#isClosed) onEvent(packet.buffer, at + 1, packet.end)
      return command.binlogData
    }
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return
    this.#options.onFailure(mysqlFault(error, this.#options.address.user))
  }

  pause(): void {
    if (this.#isPaused || this.#isClosed) return
    this.#isPaused = true
    this.#internals.connection?.pause()
  }

  /** Hands over what had already arrived before it returns, unless `pause` is called meanwhile. */
  resume(): void {
    if (!this.#isPaused || this.#isClosed) return
    this.#isPaused = false
    this.#internals.connection?.resume()
  }

  /** The server notices with its next heartbeat. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const stopped = new Promise((resolve) => this.#zongji.once('stopped', resolve))
    this.#zongji.stop()
    await stopped
  }
}
