// Global transaction ids: read from the three kinds of event that begin a transaction.

import { MillraceError } from '../../core/errors.ts'
import { type BinlogEvent, EVENT } from './binlog-event.ts'

export interface Gtid {
  /** MySQL: the uuid of the server that made it, with `:tag` where it has one. MariaDB: the replication domain. */
  readonly source: string
  readonly number: number
  /** MariaDB only: the server that made it. */
  readonly serverId: number
  readonly text: string
}

export interface GroupStart {
  readonly gtid: Gtid | null
  /** When the transaction committed where it was first made; null where the event does not say. */
  readonly committedMs: number | null
  /** A transaction follows; else a single statement that stands for itself. Null where only what follows can tell. */
  readonly isTransaction: boolean | null
  /** MariaDB: a prepared XA transaction follows. */
  readonly isPreparing: boolean
}

const MARIADB_STANDALONE = 1
const MARIADB_PREPARED_XA = 64

/** Keeps the text of the last uuid: it is nearly always the same. */
export class GtidReader {
  readonly #uuidBytes = Buffer.alloc(16)
  #uuid = ''

  read(event: BinlogEvent): GroupStart {
    switch (event.type) {
      case EVENT.gtid:
        return this.#classic(event)
      case EVENT.taggedGtid:
        return this.#tagged(event)
      case EVENT.mariadbGtid:
        return mariadb(event)
      default:
        return { gtid: null, committedMs: null, isTransaction: null, isPreparing: false }
    }
  }

  #classic(event: BinlogEvent): GroupStart {
    const { buffer, start } = event
    if (this.#uuidBytes.compare(buffer, start + 1, start + 17) !== 0) {
      buffer.copy(this.#uuidBytes, 0, start + 1, start + 17)
      this.#uuid = uuidText(this.#uuidBytes)
    }
    const number = buffer.readUInt32LE(start + 17) + buffer.readUInt32LE(start + 21) * 4294967296
    return {
      gtid: { source: this.#uuid, number, serverId: 0, text: `${this.#uuid}:${number}` },
      committedMs: committedMs(event, start + 42),
      isTransaction: null,
      isPreparing: false,
    }
  }

  #tagged(event: BinlogEvent): GroupStart {
    const fields = new TaggedFields(event)
    const uuid = uuidText(fields.uuid)
    const source = fields.tag === '' ? uuid : `${uuid}:${fields.tag}`
    return {
      gtid: { source, number: fields.number, serverId: 0, text: `${source}:${fields.number}` },
      committedMs: fields.committedMs,
      isTransaction: null,
      isPreparing: false,
    }
  }
}

/** Seven bytes of microseconds; the highest bit says that the original's own time follows. */
function committedMs(event: BinlogEvent, at: number): number | null {
  if (at + 7 > event.end) return null
  const { buffer } = event
  const hasOriginal = ((buffer[at + 6] ?? 0) & 0x80) !== 0
  const from = hasOriginal ? at + 7 : at
  if (from + 7 > event.end) return null
  const high = (buffer[from + 6] ?? 0) & 0x7f
  const micros = buffer.readUIntLE(from, 6) + high * 281474976710656
  return micros === 0 ? null : Math.floor(micros / 1000)
}

function mariadb(event: BinlogEvent): GroupStart {
  const { buffer, start, serverId } = event
  const number = buffer.readUInt32LE(start) + buffer.readUInt32LE(start + 4) * 4294967296
  const domain = String(buffer.readUInt32LE(start + 8))
  const flags = buffer[start + 12] ?? 0
  return {
    gtid: { source: domain, number, serverId, text: `${domain}-${serverId}-${number}` },
    committedMs: null,
    isTransaction: (flags & MARIADB_STANDALONE) === 0,
    isPreparing: (flags & MARIADB_PREPARED_XA) !== 0,
  }
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const FIELD = { flags: 0, uuid: 1, number: 2, tag: 3, lastCommitted: 4, sequence: 5, immediate: 6, original: 7 }
const SERIALIZATION_VERSION = 1n

/** The body of a tagged GTID: numbered fields in ascending order, those absent left out. */
class TaggedFields {
  readonly #bytes: Buffer
  #at: number
  readonly uuid = Buffer.alloc(16)
  number = 0
  tag = ''
  committedMs: number | null = null

  constructor(event: BinlogEvent) {
    this.#bytes = event.buffer
    this.#at = event.start
    const version = this.#varint()
    const end = Math.min(event.end, event.start + Number(this.#varint()))
    this.#varint()
    if (version !== SERIALIZATION_VERSION) {
      throw new MillraceError('BINLOG_UNREADABLE', `A tagged GTID is written in form ${version}, which is unknown.`)
    }
    while (this.#at < end && this.#field(Number(this.#varint())));
  }

  /** False behind the last field of interest. */
  #field(id: number): boolean {
    switch (id) {
      case FIELD.uuid:
        for (let index = 0; index < 16; index++) this.uuid[index] = Number(this.#varint())
        return true
      case FIELD.number:
        this.number = Number(this.#varint() >> 1n)
        return true
      case FIELD.tag: {
        const length = Number(this.#varint())
        this.tag = this.#bytes.toString('latin1', this.#at, this.#at + length)
        this.#at += length
        return true
      }
      case FIELD.immediate:
      case FIELD.original:
        this.committedMs = Number(this.#varint() / 1000n)
        return true
      case FIELD.flags:
      case FIELD.lastCommitted:
      case FIELD.sequence:
        this.#varint()
        return true
      default:
        return false
    }
  }

  /** As many bytes follow the first as it has ones at its low end; what is above them is little-endian. */
  #varint(): bigint {
    const first = this.#bytes[this.#at] ?? 0
    let extra = 0
    while (extra < 8 && (first >> extra) & 1) extra++
    let value = 0n
    for (let index = extra; index > 0; index--) value = (value << 8n) | BigInt(this.#bytes[this.#at + index] ?? 0)
    this.#at += 1 + extra
    if (extra >= 7) return value
    return (value << BigInt(7 - extra)) | BigInt(first >> (extra + 1))
  }
}
