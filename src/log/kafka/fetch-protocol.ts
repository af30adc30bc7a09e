// The fetch request, and the one that finds offsets by time.

import type { KafkaRequest } from './broker-connection.ts'
import type { AbortedTransaction, FetchedBytes } from './committed.ts'
import { type Place, readPlaces, writePlaces } from './place.ts'
import type { PlaceCode, PlaceOffset } from './transaction-protocol.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

const COMMITTED_ONLY = 1
const EVERYTHING = 0
const IS_CONSUMER = -1

export interface FetchOptions {
  /** How long the broker may wait for something new. */
  readonly waitMs: number
  readonly placeBytesMax: number
  readonly bytesMax: number
}

export interface Fetched extends FetchedBytes {
  readonly code: number
  /** Everything below has been decided: it is committed or it is not. */
  readonly stableEnd: number
  readonly oldest: number
}

export function fetchRequest(places: readonly PlaceOffset[], options: FetchOptions): KafkaRequest {
  const body = new WireWriter()
    .int32(IS_CONSUMER)
    .int32(options.waitMs)
    .int32(1) // answer as soon as there is one byte
    .int32(options.bytesMax)
    .int8(COMMITTED_ONLY)
    .int32(0) // no fetch session
    .int32(-1)
  writePlaces(body, places, ({ partition, offset }) => {
    body.int32(partition).int32(-1).int64(offset).int64(-1).int32(options.placeBytesMax)
  })
  body.array([], () => {}).string('')
  return { name: 'Fetch', api: 1, version: 11, body, waitMs: options.waitMs }
}

export function readFetched(answer: WireReader): { readonly code: number; readonly places: readonly Fetched[] } {
  answer.int32() // throttled for
  const code = answer.int16()
  answer.int32() // no fetch session
  return { code, places: readPlaces(answer, (place) => readPlace(answer, place)) }
}

function readPlace(answer: WireReader, place: Place): Fetched {
  const code = answer.int16()
  answer.int64() // high watermark
  const stableEnd = answer.int64()
  const oldest = answer.int64()
  const aborted: AbortedTransaction[] = answer.array(() => ({
    producerId: answer.bigint64(),
    firstOffset: answer.int64(),
  }))
  answer.int32() // a nearer replica
  return { ...place, code, stableEnd, oldest, aborted, bytes: answer.blob() }
}

/** What to look for: a time in milliseconds, or one of these. */
export const OLDEST = -2
export const END = -1

export function listOffsetsRequest(places: readonly Place[], timeMs: number): KafkaRequest {
  const body = new WireWriter().int32(IS_CONSUMER).int8(EVERYTHING)
  writePlaces(body, places, ({ partition }) => body.int32(partition).int32(-1).int64(timeMs))
  return { name: 'ListOffsets', api: 2, version: 5, body }
}

/** The offset is -1 where no record is that young. */
export function readListedOffsets(answer: WireReader): readonly (PlaceCode & PlaceOffset)[] {
  answer.int32() // throttled for
  return readPlaces(answer, (place) => {
    const code = answer.int16()
    answer.int64() // time of the record found
    const offset = answer.int64()
    answer.int32() // leader epoch
    return { ...place, code, offset }
  })
}
