// What members of a group tell each other, in the form of Kafka's own consumers, so that its tools can show who reads
// what.

import { type Place, readPlaces, writePlaces } from './place.ts'
import { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

const VERSION = 1
const PLAIN = { isFlexible: false }

export interface Subscription {
  readonly topics: readonly string[]
  readonly holds: readonly Place[]
  /** The generation in which these were given out. */
  readonly generation: number
}

export function encodeSubscription({ topics, holds, generation }: Subscription): Buffer {
  const body = new WireWriter(PLAIN).int16(VERSION)
  body.array(topics, (topic) => body.string(topic))
  body.blob(new WireWriter(PLAIN).int32(generation).bytes)
  writePlaces(body, holds, ({ partition }) => body.int32(partition))
  return body.bytes
}

export function decodeSubscription(bytes: Buffer): Subscription {
  const body = new WireReader(bytes, false)
  body.int16() // version
  const topics = body.array(() => body.string())
  const generation = new WireReader(body.blob(), false).int32()
  return { topics, holds: readPlaces(body, (place) => place), generation }
}

export function encodeShare(places: readonly Place[]): Buffer {
  const body = new WireWriter(PLAIN).int16(VERSION)
  writePlaces(body, places, ({ partition }) => body.int32(partition))
  return body.int32(0).bytes
}

export function decodeShare(bytes: Buffer): readonly Place[] {
  if (bytes.length === 0) return []
  const body = new WireReader(bytes, false)
  body.int16() // version
  return readPlaces(body, (place) => place)
}
