// Records as they lie in the file: neighbours of one partition share a frame, so that SQLite handles one row for
// hundreds of records. A record is value length (all ones: null), key length, time as float64, then value and key.

import { crc32 } from 'node:zlib'
import { asBuffer } from '../../core/as-buffer.ts'
import { MillraceError } from '../../core/errors.ts'
import { type LogRecord, RECORD_BYTES_MAX, type StoredRecord } from '../log.ts'

const HEAD_BYTES = 16
const NULL_LENGTH = 0xffff_ffff
/** A frame is read and decoded whole: large enough to be cheap, small enough to be quick. */
const FRAME_BYTES = 256 * 1024

export interface Frame {
  readonly partitionId: number
  readonly isCompacted: boolean
  readonly count: number
  readonly newestMs: number
  readonly start: number
  readonly end: number
}

/** Everything one append brings, in one transferable block of bytes. */
export interface Load {
  readonly frames: readonly Frame[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The records of one partition, in order. */
export interface Pile {
  readonly partitionId: number
  readonly isCompacted: boolean
  readonly records: LogRecord[]
}

export function packFrames(piles: Iterable<Pile>, nowMs: number): Load {
  const all = [...piles]
  let size = 0
  for (const pile of all) for (const record of pile.records) size += HEAD_BYTES + recordBytes(record)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  const frames: Frame[] = []
  let end = 0
  for (const { partitionId, isCompacted, records } of all) {
    let start = end
    let count = 0
    let newestMs = 0
    for (const record of records) {
      const timeMs = record.timeMs ?? nowMs
      if (count > 0 && end - start + recordBytes(record) > FRAME_BYTES) {
        frames.push({ partitionId, isCompacted, count, newestMs, start, end })
        start = end
        count = 0
        newestMs = 0
      }
      end = write(record, timeMs, { bytes, view, at: end })
      newestMs = Math.max(newestMs, Math.ceil(timeMs))
      count++
    }
    frames.push({ partitionId, isCompacted, count, newestMs, start, end })
  }
  return { frames, bytes }
}

export function recordBytes(record: LogRecord): number {
  const size = record.key.length + (record.value?.length ?? 0)
  if (size <= RECORD_BYTES_MAX) return size
  throw new MillraceError(
    'RECORD_TOO_LARGE',
    `A record for ${record.topic} has ${size} bytes, ${RECORD_BYTES_MAX} at most`,
  )
}

interface Target {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly at: number
}

function write({ key, value }: LogRecord, timeMs: number, { bytes, view, at }: Target): number {
  const valueAt = at + HEAD_BYTES
  const keyAt = valueAt + (value?.length ?? 0)
  view.setUint32(at, value === null ? NULL_LENGTH : value.length)
  view.setUint32(at + 4, key.length)
  view.setFloat64(at + 8, timeMs)
  if (value !== null) bytes.set(value, valueAt)
  bytes.set(key, keyAt)
  return keyAt + key.length
}

export interface FrameOrigin {
  readonly topic: string
  readonly partition: number
  /** The offset of the frame's first record. */
  readonly base: number
  /** The first offset that is wanted. */
  readonly from: number
}

/** Appends the frame's records to `into`; returns the bytes they take. */
export function unpackFrame(bytes: Uint8Array, origin: FrameOrigin, into: StoredRecord[]): number {
  const frame = { ...origin, bytes: asBuffer(bytes) }
  let taken = 0
  for (let at = 0, offset = origin.base; at < bytes.length; offset++) {
    const end = keyAtOf(frame.bytes, at) + frame.bytes.readUInt32BE(at + 4)
    if (offset >= origin.from) {
      into.push(new FramedRecord(frame, offset, at))
      taken += end - at - HEAD_BYTES
    }
    at = end
  }
  return taken
}

function keyAtOf(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at)
  return at + HEAD_BYTES + (length === NULL_LENGTH ? 0 : length)
}

/** A record where it lies: its key and its value are made when they are asked for, for hundreds of them wait their turn. */
class FramedRecord implements StoredRecord {
  readonly offset: number
  readonly #frame: Pick<FrameOrigin, 'topic' | 'partition'> & { readonly bytes: Buffer }
  readonly #at: number

  constructor(frame: FrameOrigin & { readonly bytes: Buffer }, offset: number, at: number) {
    this.#frame = frame
    this.offset = offset
    this.#at = at
  }

  get topic(): string {
    return this.#frame.topic
  }

  get partition(): number {
    return this.#frame.partition
  }

  get timeMs(): number {
    return this.#frame.bytes.readDoubleBE(this.#at + 8)
  }

  get key(): Buffer {
    const { bytes } = this.#frame
    const keyAt = keyAtOf(bytes, this.#at)
    return bytes.subarray(keyAt, keyAt + bytes.readUInt32BE(this.#at + 4))
  }

  get value(): Buffer | null {
    const { bytes } = this.#frame
    if (bytes.readUInt32BE(this.#at) === NULL_LENGTH) return null
    return bytes.subarray(this.#at + HEAD_BYTES, keyAtOf(bytes, this.#at))
  }
}

export function checksum(bytes: Uint8Array): number {
  return crc32(bytes)
}
