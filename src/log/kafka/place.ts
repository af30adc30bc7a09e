// One partition of a topic, and the way requests list them: topic by topic.

import type { WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

export interface Place {
  readonly topic: string
  readonly partition: number
}

export function placeKey({ topic, partition }: Place): string {
  return `${topic}/${partition}`
}

/** Writes `places` as an array of topics, each an array of what `write` says of a partition. */
export function writePlaces<T extends Place>(body: WireWriter, places: readonly T[], write: (place: T) => void): void {
  const topics = Map.groupBy(places, (place) => place.topic)
  body.array([...topics], ([topic, ofTopic]) => {
    body.string(topic).array(ofTopic, write).endStruct()
  })
}

/** Reads such an array; `read` gets what stands behind the partition's number. */
export function readPlaces<T>(answer: WireReader, read: (place: Place) => T): T[] {
  const each = answer.array(() => {
    const topic = answer.string()
    const ofTopic = answer.array(() => {
      const entry = read({ topic, partition: answer.int32() })
      answer.endStruct()
      return entry
    })
    answer.endStruct()
    return ofTopic
  })
  return each.flat()
}
