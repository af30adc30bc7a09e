// One fetched record batch (format 2): what its header says, and its records as views into the fetched bytes.

import { MillraceError } from '../../core/errors.ts'
import type { StoredRecord } from '../log.ts'
import { decompress } from './compression.ts'
import { crc32c } from './crc32c.ts'
import type { Place } from './place.ts'
import { BATCH_HEADER_BYTES } from './record-batch.ts'

const COMPRESSION_MASK = 7
const IS_LOG_APPEND_TIME = 8
const IS_TRANSACTIONAL = 16
const IS_CONTROL = 32
const ABORT_MARKER = 0

export class StoredBatch {
  readonly #place: Place
  readonly #bytes: Buffer
  readonly #attributes: number

  constructor(place: Place, bytes: Buffer) {
    this.#place = place
    this.#bytes = bytes
    if (bytes[16] !== 2) throw this.#damaged(`has the unknown format ${bytes[16]}`)
    this.#attributes = bytes.readInt16BE(21)
  }

  get baseOffset(): number {
    return Number(this.#bytes.readBigInt64BE(0))
  }
  get lastOffset(): number {
    return this.baseOffset + this.#bytes.readInt32BE(23)
  }
  get producerId(): bigint {
    return this.#bytes.readBigInt64BE(43)
  }
  get isTransactional(): boolean {
    return (this.#attributes & IS_TRANSACTIONAL) !== 0
  }
  /** It marks the end of a transaction and holds no records of anybody. */
  get isControl(): boolean {
    return (this.#attributes & IS_CONTROL) !== 0
  }
  get isAbortMarker(): boolean {
    // The only record: its length, attributes, two deltas, the key's length, then the key: a version and the type.
    return this.isControl && this.#bytes.readInt16BE(BATCH_HEADER_BYTES + 7) === ABORT_MARKER
  }

  /** Adds the records from `fromOffset` on. */
  readInto(records: StoredRecord[], fromOffset: number): void {
    if (crc32c(this.#bytes, 21) !== this.#bytes.readUInt32BE(17)) throw this.#damaged('fails its checksum')
    const body = this.#bytes.subarray(BATCH_HEADER_BYTES)
    const compression = this.#attributes & COMPRESSION_MASK
    const reading = new RecordReading(compression === 0 ? body : decompress(body, compression))
    const { baseOffset } = this
    const isAppendTime = (this.#attributes & IS_LOG_APPEND_TIME) !== 0
    const baseMs = Number(this.#bytes.readBigInt64BE(isAppendTime ? 35 : 27))
    for (let rest = this.#bytes.readInt32BE(57); rest > 0; rest--) {
      const end = reading.recordEnd()
      const deltaMs = reading.varint()
      const offset = baseOffset + reading.varint()
      const key = reading.blob() ?? Buffer.alloc(0)
      const value = reading.blob()
      reading.next = end
      if (offset < fromOffset) continue
      records.push({ ...this.#place, offset, timeMs: isAppendTime ? baseMs : baseMs + deltaMs, key, value })
    }
  }

  #damaged(why: string): MillraceError {
    return new MillraceError('RECORD_UNREADABLE', `a record batch of ${this.#place.topic} ${why}`)
  }
}

class RecordReading {
  readonly #bytes: Buffer
  next = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Reads a record's length and attributes. */
  recordEnd(): number {
    const size = this.varint()
    return this.next++ + size
  }

  varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.next++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
  }

  blob(): Buffer | null {
    const size = this.varint()
    if (size < 0) return null
    this.next += size
    return this.#bytes.subarray(this.next - size, this.next)
  }
}
