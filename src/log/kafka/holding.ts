// A partition that a member of a reader holds: what was fetched of it, and the batch of it that is out.

import type { StoredRecord } from '../log.ts'
import type { Committed } from './committed.ts'
import type { Place } from './place.ts'

const BATCH_RECORDS_MAX = 1000
const AHEAD_BYTES_MAX = 512 * 1024

export interface Taken {
  readonly from: number
  readonly records: readonly StoredRecord[]
  readonly next: number
}

export class Holding {
  readonly place: Place
  readonly topicId: string
  /** A batch is out and not committed yet. */
  isOut = false
  /** A commit of the batch that is out failed: whether it was made, the broker has to tell. */
  isInDoubt = false
  /** Another member may have it now: what is out can no longer be committed. */
  isLost = false
  /** Where the reader stands; null when it has committed nothing here. */
  committed: number | null
  readonly #start: number
  #position: number
  /** Where the batch that was taken last ended. */
  #from: number
  #records: StoredRecord[] = []
  #bytes = 0

  constructor(place: Place, topicId: string, from: { committed: number | null; position: number }) {
    this.place = place
    this.topicId = topicId
    this.committed = from.committed
    this.#start = from.position
    this.#position = from.position
    this.#from = from.position
  }

  /** The next offset to fetch. */
  get position(): number {
    return this.#position
  }
  get isFull(): boolean {
    return this.#bytes >= AHEAD_BYTES_MAX
  }
  get isReady(): boolean {
    return !this.isOut && !this.isLost && this.#records.length > 0
  }
  /** Whether there is nothing to read before `position`, though the cursor does not stand there yet. */
  get isBehind(): boolean {
    const isDone = !this.isOut && !this.isLost && this.#records.length === 0
    return isDone && this.#position > (this.committed ?? this.#start)
  }

  add({ records, next }: Committed, bytes: number): void {
    this.#records = this.#records.length === 0 ? records : this.#records.concat(records)
    this.#bytes = records.length === 0 ? this.#bytes : this.#bytes + bytes
    this.#position = next
  }

  take(): Taken {
    const records = this.#records.slice(0, BATCH_RECORDS_MAX)
    this.#bytes -= Math.round((this.#bytes * records.length) / this.#records.length)
    this.#records = this.#records.slice(BATCH_RECORDS_MAX)
    this.isOut = true
    // Behind the last record may stand a transaction's marker, which is nobody's to read.
    const last = records.at(-1)
    const from = this.#from
    this.#from = this.#records.length === 0 || last === undefined ? this.#position : last.offset + 1
    return { from, records, next: this.#from }
  }

  /** After an oldest offset that retention moved, or at the start. */
  restart(position: number): void {
    this.#position = position
    this.#from = position
  }
}
