// Where a write comes from: what every item it touches is marked with, so that a repeat is recognised.

import { type Cursor, formatCursor } from '../core/cursor.ts'
import type { Position } from '../core/position.ts'
import type { PlacedWrite } from './sink.ts'

export interface Stamp {
  readonly position: Position
  /** Text of the record's cursor; of a replay's, and of the replay. */
  readonly mark: string
  readonly isReplay: boolean
  readonly cursor: Cursor
  readonly reader: string
  readonly since: number
  readonly waits: (offset: number) => boolean
  readonly isRetry: boolean
}

type Placing = Omit<PlacedWrite, 'write'>

const NONE_WAITS = () => false

export function stampOf(placing: Placing): Stamp {
  return new PlacedStamp(placing)
}

/** Made for every write, and of most of them only the position is asked for. */
class PlacedStamp implements Stamp {
  readonly #placing: Placing

  constructor(placing: Placing) {
    this.#placing = placing
  }

  get position(): Position {
    return this.#placing.position
  }

  get mark(): string {
    const { cursor, run } = this.#placing
    return run === undefined ? formatCursor(cursor) : `${formatCursor(cursor)}/${run}`
  }

  get isReplay(): boolean {
    return this.#placing.run !== undefined
  }

  get cursor(): Cursor {
    return this.#placing.cursor
  }

  get reader(): string {
    return this.#placing.reader
  }

  get since(): number {
    return this.#placing.since
  }

  get waits(): (offset: number) => boolean {
    return this.#placing.waits ?? NONE_WAITS
  }

  get isRetry(): boolean {
    return this.#placing.isRetry ?? false
  }
}
