// Sorts the records of an append by partition and cuts them into what one record batch may hold.

import { MillraceError } from '../../core/errors.ts'
import { type LogRecord, RECORD_BYTES_MAX } from '../log.ts'
import { placement } from '../placement.ts'
import type { Place } from './place.ts'
import { recordSize } from './record-batch.ts'

/** Below the limit of a topic that nobody configured (1 MiB). A larger record is a batch of its own. */
const BATCH_BYTES_MAX = 900 * 1024

export interface Parcel extends Place {
  readonly records: readonly LogRecord[]
}

/** Each partition's parcels, in order. `partitions` knows how many partitions each topic has. */
export function parcelsOf(
  records: readonly LogRecord[],
  partitions: ReadonlyMap<string, number>,
): readonly (readonly Parcel[])[] {
  const piles = new Map<string, Pile[]>()
  let topic = ''
  let ofTopic: Pile[] = []
  for (const record of records) {
    if (record.topic !== topic) {
      topic = record.topic
      ofTopic = piles.get(topic) ?? []
      piles.set(topic, ofTopic)
    }
    const partition = placement(record.key, partitions.get(topic) ?? 1)
    ofTopic[partition] ??= new Pile({ topic, partition })
    ofTopic[partition].add(record)
  }
  return [...piles.values()].flatMap((ofOne) => Object.values(ofOne).map((pile) => pile.parcels))
}

class Pile {
  readonly parcels: Parcel[] = []
  readonly #place: Place
  #open: LogRecord[] = []
  #bytes = BATCH_BYTES_MAX

  constructor(place: Place) {
    this.#place = place
  }

  add(record: LogRecord): void {
    const size = recordSize(record)
    if (this.#bytes + size > BATCH_BYTES_MAX) {
      checkSize(record)
      this.#open = []
      this.#bytes = 0
      this.parcels.push({ ...this.#place, records: this.#open })
    }
    this.#open.push(record)
    this.#bytes += size
  }
}

function checkSize(record: LogRecord): void {
  const size = record.key.length + (record.value?.length ?? 0)
  if (size <= RECORD_BYTES_MAX) return
  throw new MillraceError(
    'RECORD_TOO_LARGE',
    `a record of ${record.topic} has ${size} bytes; ${RECORD_BYTES_MAX} are the most`,
  )
}
