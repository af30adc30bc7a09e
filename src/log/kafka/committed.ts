// What of fetched bytes counts: not the batches of aborted transactions, and not the markers that end transactions.

import type { StoredRecord } from '../log.ts'
import type { Place } from './place.ts'
import { BATCH_HEADER_BYTES } from './record-batch.ts'
import { StoredBatch } from './stored-batch.ts'

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

export interface FetchedBytes extends Place {
  readonly bytes: Buffer
  readonly aborted: readonly AbortedTransaction[]
}

export interface Committed {
  readonly records: StoredRecord[]
  /** Where to go on, also behind what was left out. */
  readonly next: number
}

/** The committed records from `offset` on. */
export function committedRecords(fetched: FetchedBytes, offset: number): Committed {
  const place = { topic: fetched.topic, partition: fetched.partition }
  const aborted = new AbortedProducers(fetched.aborted)
  const records: StoredRecord[] = []
  let next = offset
  for (let at = 0; at + BATCH_HEADER_BYTES <= fetched.bytes.length; ) {
    const end = at + 12 + fetched.bytes.readInt32BE(at + 8)
    if (end > fetched.bytes.length) break // The last batch of a fetch may be cut off.
    const batch = new StoredBatch(place, fetched.bytes.subarray(at, end))
    if (!aborted.leavesOut(batch)) batch.readInto(records, offset)
    next = Math.max(next, batch.lastOffset + 1)
    at = end
  }
  return { records, next }
}

/** Which producers are inside an aborted transaction, while batches are read in order. */
class AbortedProducers {
  readonly #ahead: AbortedTransaction[]
  readonly #open = new Set<bigint>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#ahead = aborted.toSorted((a, b) => b.firstOffset - a.firstOffset)
  }

  leavesOut(batch: StoredBatch): boolean {
    for (let head = this.#ahead.at(-1); head !== undefined && head.firstOffset <= batch.lastOffset; ) {
      this.#open.add(head.producerId)
      this.#ahead.pop()
      head = this.#ahead.at(-1)
    }
    if (batch.isAbortMarker) this.#open.delete(batch.producerId)
    return batch.isControl || (batch.isTransactional && this.#open.has(batch.producerId))
  }
}
