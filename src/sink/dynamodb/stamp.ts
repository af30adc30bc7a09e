// Where a write comes from: what every item it touches is marked with, so that a repeat is recognised.

import { type Cursor, formatCursor } from '../../core/cursor.ts'
import { itemMark } from '../../core/item-mark.ts'
import type { Position } from '../../core/position.ts'
import type { ItemKey } from '../../core/write.ts'
import type { PlacedWrite } from '../sink.ts'
import type { Item } from './attributes.ts'
import { CREATED, CURSOR, FROM, MARK, positionName } from './bookkeeping.ts'

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

/** The bookkeeping of an item that this write makes. */
export function birthMarks({ position, mark }: Stamp, guard?: string): Item {
  return { [positionName(guard)]: { S: position }, [CURSOR]: { S: mark }, [CREATED]: { S: mark } }
}

/** Tells what we wrote from what somebody copied to another key, bookkeeping and all. */
export function keyMark({ key }: { readonly key: ItemKey }): Item {
  return { [MARK]: { S: itemMark(key) } }
}

/** Whose fields a person's item holds; nothing where the row has no claim of its own. */
export function rowMark(self: string | undefined): Item {
  return self === undefined ? {} : { [FROM]: { S: self } }
}

export function isMadeBy(item: Item | null, { mark }: Stamp): boolean {
  return item?.[CREATED]?.S === mark
}
