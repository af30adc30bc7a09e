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

export function stampOf({ position, cursor, reader, since, run, ...more }: Placing): Stamp {
  const mark = run === undefined ? formatCursor(cursor) : `${formatCursor(cursor)}/${run}`
  const { waits = NONE_WAITS, isRetry = false } = more
  return { position, cursor, reader, since, waits, isRetry, mark, isReplay: run !== undefined }
}
