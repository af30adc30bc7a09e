// Encodes records as Kafka's record batches (format 2) in place: one buffer per batch, nothing built in between.

import type { LogRecord } from '../log.ts'
import { COMPRESSION_ID, type Compression, compress } from './compression.ts'
import { crc32c } from './crc32c.ts'
import { recordTime } from './record-time.ts'

export const BATCH_HEADER_BYTES = 61

const CRC_START = 21
const IS_TRANSACTIONAL = 16

export interface Producer {
  readonly id: bigint
  readonly epoch: number
}

/** A signed varint is the zigzag form of the number, seven bits a byte. */
function varintSize(value: number): number {
  let rest = zigzag(value)
  let size = 1
  for (; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2
}

function putVarint(into: Buffer, at: number, value: number): number {
  let rest = zigzag(value)
  let next = at
  for (; rest > 127; rest = Math.floor(rest / 128)) into[next++] = (rest & 127) | 128
  into[next++] = rest
  return next
}

/** What a record adds to a batch, at most: its bytes, and the lengths and deltas around them. */
export function recordSize(record: LogRecord): number {
  return record.key.length + (record.value?.length ?? 0) + 28
}

function bodySize(record: LogRecord, delta: number, timeDelta: number): number {
  const key = record.key.length
  const value = record.value === null ? 1 : varintSize(record.value.length) + record.value.length
  return 2 + varintSize(timeDelta) + varintSize(delta) + varintSize(key) + key + value
}

export interface BatchOptions {
  readonly producer: Producer
  readonly sequence: number
  readonly compression: Compression
  /** For records that bring no time of their own. */
  readonly nowMs: number
}

export async function encodeBatch(records: readonly LogRecord[], options: BatchOptions): Promise<Buffer> {
  const [first] = records
  const baseMs = first === undefined ? options.nowMs : recordTime(first.timeMs, options.nowMs)
  const plain = Buffer.allocUnsafe(batchSize(records, baseMs, options.nowMs))
  const maxMs = putRecords(plain, records, { baseMs, nowMs: options.nowMs })
  const batch = options.compression === 'none' ? plain : await compressed(plain, options.compression)
  putHeader(batch, options, { count: records.length, baseMs, maxMs })
  return batch
}

function batchSize(records: readonly LogRecord[], baseMs: number, nowMs: number): number {
  let size = BATCH_HEADER_BYTES
  let index = 0
  for (const record of records) {
    const body = bodySize(record, index++, recordTime(record.timeMs, nowMs) - baseMs)
    size += varintSize(body) + body
  }
  return size
}

function putRecords(into: Buffer, records: readonly LogRecord[], times: { baseMs: number; nowMs: number }): number {
  let at = BATCH_HEADER_BYTES
  let maxMs = times.baseMs
  let index = 0
  for (const record of records) {
    const timeMs = recordTime(record.timeMs, times.nowMs)
    if (timeMs > maxMs) maxMs = timeMs
    at = putVarint(into, at, bodySize(record, index, timeMs - times.baseMs))
    into[at++] = 0
    at = putVarint(into, at, timeMs - times.baseMs)
    at = putVarint(into, at, index++)
    at = putBytes(into, at, record.key)
    at = record.value === null ? putVarint(into, at, -1) : putBytes(into, at, record.value)
    into[at++] = 0
  }
  return maxMs
}

function putBytes(into: Buffer, at: number, bytes: Uint8Array): number {
  const next = putVarint(into, at, bytes.length)
  into.set(bytes, next)
  return next + bytes.length
}

async function compressed(plain: Buffer, how: Exclude<Compression, 'none'>): Promise<Buffer> {
  const packed = await compress(plain.subarray(BATCH_HEADER_BYTES), how)
  const batch = Buffer.allocUnsafe(BATCH_HEADER_BYTES + packed.length)
  packed.copy(batch, BATCH_HEADER_BYTES)
  return batch
}

function putHeader(batch: Buffer, options: BatchOptions, of: { count: number; baseMs: number; maxMs: number }): void {
  batch.writeBigInt64BE(0n, 0) // base offset: the broker sets it
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(-1, 12) // leader epoch: the broker sets it
  batch[16] = 2
  batch.writeInt16BE(IS_TRANSACTIONAL | COMPRESSION_ID[options.compression], CRC_START)
  batch.writeInt32BE(of.count - 1, 23)
  batch.writeBigInt64BE(BigInt(of.baseMs), 27)
  batch.writeBigInt64BE(BigInt(of.maxMs), 35)
  batch.writeBigInt64BE(options.producer.id, 43)
  batch.writeInt16BE(options.producer.epoch, 51)
  batch.writeInt32BE(options.sequence, 53)
  batch.writeInt32BE(of.count, 57)
  batch.writeUInt32BE(crc32c(batch, CRC_START), 17)
}
