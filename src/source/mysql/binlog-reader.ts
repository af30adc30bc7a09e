// From the packets of a dump to complete transactions: follows the files, skips what nobody asked for without looking
// at it, and refuses by name what cannot be read. Does nothing twice.

import { crc32 } from 'node:zlib'
import { MillraceError } from '../../core/errors.ts'
import { BinlogEvent, EVENT, HEADER_BYTES } from './binlog-event.ts'
import { unpackTransaction } from './compressed.ts'
import { fileNumber, type LogPlace } from './log-place.ts'
import type { MysqlBookmark } from './mysql-bookmark.ts'
import type { Progress } from './progress.ts'
import { isRowsEvent } from './rows-event.ts'
import type { TableMaps } from './table-maps.ts'
import type { RowPlace } from './transaction.ts'
import type { TransactionReader } from './transaction-reader.ts'
import { unreadable } from './unreadable.ts'

const CHECKSUM_BYTES = 4
const CRC32 = 1
const NEWEST_KNOWN_EVENT = EVENT.taggedGtid
const NEWEST_KNOWN_OF_MARIADB = 171

export interface BinlogReaderOptions {
  readonly from: MysqlBookmark
  readonly progress: Progress
  readonly place: LogPlace
  readonly maps: TableMaps
  readonly transactions: TransactionReader
  /** Whether events carry a checksum until the first format description says so itself. */
  readonly hasChecksum: boolean
  readonly clockOffsetMs: number
}

export class BinlogReader {
  readonly #options: BinlogReaderOptions
  readonly #event = new BinlogEvent()
  #checksumBytes: number
  #born = 0
  #hasSeenTransaction = false
  #livedMs = 0
  /** The first file's format is known: the dump has begun. */
  hasBegun = false

  constructor(options: BinlogReaderOptions) {
    this.#options = options
    this.#checksumBytes = options.hasChecksum ? CHECKSUM_BYTES : 0
  }

  /** The source's clock at its last sign of life. */
  get sourceTimeMs(): number {
    return Math.max(this.#livedMs, this.#options.transactions.committedMs)
  }

  /** One event; `at` is where its header begins. */
  read(buffer: Buffer, at: number, end: number): void {
    const event = this.#event
    event.move(buffer, at, end - this.#checksumBytes)
    switch (event.type) {
      case EVENT.format:
        this.#format(event, end)
        break
      case EVENT.rotate:
        this.#rotate(event)
        break
      case EVENT.heartbeat:
      case EVENT.heartbeatV2:
        this.#heartbeat(event)
        break
      default:
        if (!event.isArtificial) this.#logged(event)
    }
  }

  /** An event that lies in the file. */
  #logged(event: BinlogEvent): void {
    const { place, transactions, progress } = this.#options
    if (isGtid(event.type) && !this.#hasSeenTransaction) this.#requireSameHistory(event)
    const offset = place.pass(event)
    if (event.type === EVENT.transactionPayload) this.#unpack(event, offset)
    else this.#pass(event, { offset, row: 0 })
    if (!transactions.isInside) progress.reach(place, this.#born)
  }

  /** Rows of a compressed transaction are at the place of the whole, told apart by where they are in what it unpacks to. */
  #unpack(event: BinlogEvent, offset: number): void {
    const events = unpackTransaction(event)
    const inner = new BinlogEvent()
    for (let at = 0; at < events.length; at += inner.size) {
      inner.move(events, at, events.length)
      inner.end = at + inner.size
      this.#pass(inner, { offset, row: at })
    }
  }

  #pass(event: BinlogEvent, at: RowPlace): void {
    const { maps, transactions } = this.#options
    const { type } = event
    if (type === EVENT.tableMap) maps.read(event)
    else if (isRowsEvent(type)) transactions.rows(event, at)
    else if (type === EVENT.xid) transactions.commit(event)
    else if (isGtid(type)) transactions.begin(event)
    else if (type === EVENT.query || type === EVENT.queryCompressed) transactions.query(event, at.offset)
    else if (type === EVENT.xaPrepare) transactions.prepare(event)
    else refuseUnreadable(event)
  }

  /** The server names the next file twice: at the end of the old one, and with an event made up for us. */
  #rotate(event: BinlogEvent): void {
    const { whole } = event
    // Nothing tells in advance whether a made-up event is summed, so its checksum is recognised by its value.
    const summed = whole.subarray(0, -CHECKSUM_BYTES)
    const isSummed = crc32(summed) === whole.readUInt32LE(summed.length)
    this.#options.place.enter((isSummed ? summed : whole).toString('utf8', HEADER_BYTES + 8))
  }

  /** The first event of every file. */
  #format(event: BinlogEvent, end: number): void {
    const { place, maps, transactions, progress, from, clockOffsetMs } = this.#options
    this.#checksumBytes = event.buffer[end - CHECKSUM_BYTES - 1] === CRC32 ? CHECKSUM_BYTES : 0
    this.#born = event.timeMs / 1000
    place.pass(event)
    maps.forgetIds()
    transactions.abandon()
    if (!this.hasBegun) this.#requireSameFile()
    if (!this.hasBegun) this.#livedMs = from.born === 0 ? Date.now() + clockOffsetMs : event.timeMs
    this.hasBegun = true
    progress.reach(place, this.#born)
  }

  #heartbeat(event: BinlogEvent): void {
    const { place, progress, transactions, clockOffsetMs } = this.#options
    this.#livedMs = Date.now() + clockOffsetMs
    if (transactions.isInside || event.type === EVENT.heartbeatV2) return
    place.skipTo(event.endPosition)
    progress.reach(place, this.#born)
  }

  /** A log that was reset counts its files anew; the server itself cannot tell once it has as many transactions again. */
  #requireSameFile(): void {
    const { from, place } = this.#options
    if (from.file === '' || from.prepared.length > 0) return
    if (fileNumber(place.file) < fileNumber(from.file)) throw wasReset(`it stands at ${place.file}, not ${from.file}`)
    if (place.file === from.file && from.born !== 0 && from.born !== this.#born) {
      throw wasReset(`its file ${from.file} is another one by the same name`)
    }
  }

  /** The server sends what is not in the bookmark; on the same server that can only lie behind the bookmark's place. */
  #requireSameHistory(event: BinlogEvent): void {
    const { from, place } = this.#options
    this.#hasSeenTransaction = true
    if (place.file !== from.file || from.prepared.length > 0) return
    place.offset = Math.max(place.offset, from.offset)
    if (event.endPosition !== 0 && !place.skipTo((event.endPosition - event.size) >>> 0)) {
      throw wasReset(`in ${from.file} it has transactions before ${from.offset} that were not captured`)
    }
  }
}

function isGtid(type: number): boolean {
  return type === EVENT.gtid || type === EVENT.mariadbGtid || type === EVENT.anonymousGtid || type === EVENT.taggedGtid
}

function refuseUnreadable(event: BinlogEvent): void {
  const { type } = event
  if (type === EVENT.incident) {
    throw unreadable('The server could not log some changes (an incident is in its log).', 'See its error log')
  }
  const isKnown = type <= NEWEST_KNOWN_EVENT || (type >= EVENT.annotateRows && type <= NEWEST_KNOWN_OF_MARIADB)
  if (!isKnown && !event.isIgnorable) {
    const what = `The log has an event of kind ${type}, which this release does not know.`
    throw new MillraceError('BINLOG_UNREADABLE', what, { hint: 'Update millrace and start it again.' })
  }
}

function wasReset(how: string): MillraceError {
  return new MillraceError('HISTORY_GONE', `The binary log has been reset or replaced: ${how}.`)
}
