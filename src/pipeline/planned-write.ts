// A write on its way into a sink, with where it comes from: made for every write, and of most nobody asks for all of it.

import type { Cursor } from '../core/cursor.ts'
import { laneOf } from '../core/lane.ts'
import type { Position } from '../core/position.ts'
import type { Write } from '../core/write.ts'
import type { StoredRecord } from '../log/log.ts'
import type { PlacedWrite } from '../sink/sink.ts'
import type { DueRecord } from './due-record.ts'

/** What all writes of a batch have in common. */
export type Reading = Required<Pick<PlacedWrite, 'reader' | 'since' | 'waits'>>

export class PlannedWrite implements PlacedWrite {
  readonly write: Write
  readonly position: Position
  readonly cursor: Cursor
  readonly broughtBy?: string
  readonly #record: StoredRecord
  readonly #reading: Reading
  #lane: string | null = null

  constructor(write: Write, { position, cursor, record, run }: DueRecord, reading: Reading) {
    this.write = write
    this.position = position
    this.cursor = cursor
    if (run !== null) this.broughtBy = run.run
    this.#record = record
    this.#reading = reading
  }

  get lane(): string {
    this.#lane ??= laneOf(this.#record)
    return this.#lane
  }

  get reader(): string {
    return this.#reading.reader
  }

  get since(): number {
    return this.#reading.since
  }

  get waits(): Reading['waits'] {
    return this.#reading.waits
  }
}
