// One connection's life: packets in, batches out. Whole transactions are handed out as soon as somebody asks, and join
// while nobody does; a full buffer pauses the connection, and silence is taken for a lost one.

import { MillraceError } from '../../core/errors.ts'
import type { MysqlAddress } from '../../mysql/mysql-address.ts'
import type { SourceBatch } from '../source.ts'
import { BinlogReader } from './binlog-reader.ts'
import { ChangeBuffer } from './change-buffer.ts'
import { Dump } from './dump.ts'
import { LogPlace } from './log-place.ts'
import { formatBookmark, type MysqlBookmark } from './mysql-bookmark.ts'
import { mysqlFault } from './mysql-fault.ts'
import { Progress } from './progress.ts'
import type { ServerIdentity } from './server-identity.ts'
import { TableMaps } from './table-maps.ts'
import { TransactionReader } from './transaction-reader.ts'

/** Heartbeats that may fail to come before the connection counts as lost, and how long that is at least. */
const SILENT_BEATS_MAX = 4
const SILENT_MS_MIN = 2000
/** Before the first event the server may have to search its files. */
const START_TIMEOUT_MS = 120_000

export interface ChangeStreamOptions {
  readonly address: MysqlAddress
  readonly server: ServerIdentity
  readonly serverId: number
  readonly tables: readonly string[]
  readonly origin: string
  readonly heartbeatMs: number
  readonly batchBytesMax: number
  readonly from: MysqlBookmark
  readonly signal: AbortSignal
}

export class ChangeStream implements AsyncDisposable {
  readonly #options: ChangeStreamOptions
  readonly #buffer: ChangeBuffer
  readonly #progress: Progress
  readonly #transactions: TransactionReader
  readonly #dump: Dump
  readonly #beat: NodeJS.Timeout
  readonly #place = new LogPlace('', 0)
  readonly #maps: TableMaps
  #reader: BinlogReader | null = null
  #error: MillraceError | null = null
  #wake: (() => void) | null = null
  #bytesAtBeat = 0
  #silentBeats = 0
  /** A beat passed, or the dump began: an empty batch is due. */
  #isBatchDue = false

  constructor(options: ChangeStreamOptions) {
    const { server, from, address, serverId, heartbeatMs } = options
    this.#options = options
    this.#buffer = new ChangeBuffer(options.batchBytesMax)
    this.#progress = new Progress(from, server.isMariadb)
    this.#maps = new TableMaps({ ...options, ...server, database: address.database })
    this.#transactions = new TransactionReader({
      progress: this.#progress,
      buffer: this.#buffer,
      maps: this.#maps,
      place: this.#place,
      origin: options.origin,
    })
    this.#dump = new Dump({
      address,
      serverId,
      of: server.serverId,
      gtids: this.#progress.request,
      heartbeatMs,
      onEvent: (buffer, at, end) => this.#take(buffer, at, end),
      onFailure: (error) => this.#fail(error),
    })
    this.#beat = setInterval(() => this.#onBeat(), heartbeatMs)
    options.signal.addEventListener('abort', this.#wakeUp)
  }

  /** The next batch; null once the signal has aborted. */
  async next(): Promise<SourceBatch | null> {
    for (;;) {
      if (this.#options.signal.aborted) return null
      if (this.#isReady) return this.#batch()
      if (this.#error !== null) throw this.#error
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  get #silentMsMax(): number {
    return Math.max(SILENT_BEATS_MAX * this.#options.heartbeatMs, SILENT_MS_MIN)
  }

  get #isReady(): boolean {
    return this.#buffer.hasComplete || this.#buffer.isFull || this.#isBatchDue
  }

  #batch(): SourceBatch {
    const isPart = this.#buffer.isFull && !this.#buffer.hasComplete
    const events = isPart || this.#buffer.hasComplete ? this.#buffer.take() : []
    if (isPart) this.#transactions.cut()
    this.#isBatchDue = false
    const batch = {
      events,
      gaps: this.#buffer.takeGaps(),
      bookmark: formatBookmark(this.#progress.bookmark),
      position: this.#progress.position,
      sourceTimeMs: this.#reader?.sourceTimeMs ?? 0,
    }
    // Reading goes on while the caller works on this batch.
    if (!this.#buffer.isFull) this.#dump.resume()
    return batch
  }

  #take(buffer: Buffer, at: number, end: number): void {
    if (this.#error !== null) return
    try {
      this.#reader ??= this.#openReader()
      const { hasBegun } = this.#reader
      this.#reader.read(buffer, at, end)
      if (!hasBegun && this.#reader.hasBegun) this.#isBatchDue = true
    } catch (error) {
      this.#fail(error)
    }
    if (this.#buffer.isFull) this.#dump.pause()
    if (this.#wake !== null && this.#isReady) this.#wakeUp()
  }

  #openReader(): BinlogReader {
    const { from, server } = this.#options
    return new BinlogReader({
      from,
      progress: this.#progress,
      place: this.#place,
      maps: this.#maps,
      transactions: this.#transactions,
      hasChecksum: this.#dump.hasChecksum,
      clockOffsetMs: server.clockOffsetMs,
    })
  }

  /** Once per heartbeat: what was read of other tables is worth a bookmark, and a silent server is not to be trusted. */
  #onBeat(): void {
    const { bytesRead, isPaused } = this.#dump
    const isSilent = bytesRead === this.#bytesAtBeat && !isPaused
    this.#bytesAtBeat = bytesRead
    this.#silentBeats = isSilent ? this.#silentBeats + 1 : 0
    const silentMs = this.#silentBeats * this.#options.heartbeatMs
    const silentMsMax = this.#reader?.hasBegun ? this.#silentMsMax : START_TIMEOUT_MS
    if (silentMs >= silentMsMax) {
      this.#fail(new MillraceError('MYSQL_UNREACHABLE', `The server has been silent for ${silentMs} ms.`))
    } else if (!isSilent && this.#reader?.hasBegun && !isPaused) {
      this.#isBatchDue = true
      this.#wakeUp()
    }
  }

  #fail(error: unknown): void {
    this.#error ??= mysqlFault(error, this.#options.address.user)
    this.#wakeUp()
  }

  readonly #wakeUp = (): void => {
    this.#wake?.()
    this.#wake = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat)
    this.#options.signal.removeEventListener('abort', this.#wakeUp)
    await this.#dump.close()
  }
}
