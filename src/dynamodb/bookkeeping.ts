// The attributes by which the sink recognises its own work on an item, and the source the sink's. Connectors cannot write
// them.

import type { Cursor } from '../core/cursor.ts'
import { DELETED_MARK, POSITION_MARK } from '../core/item.ts'

export const PREFIX = 'mr_'
export const CURSOR = 'mr_cursor'
export const CREATED = 'mr_created'
export const DELETED_AT = DELETED_MARK
export const EXPIRES = 'mr_expires'
export const ADOPTED = 'mr_adopted'
/** What the item says of its own key: a copy of it is none of ours. */
export const MARK = 'mr_key'
/** The conflicts that the last write of contested fields met, until they are on record. */
export const CONTESTS = 'mr_contests'
/** On a person: the own claim of the row whose fields it holds. */
export const FROM = 'mr_from'
/** On a claim: the id of the item that holds it. */
export const HOLDER = 'holder'

/** On a chunk of an adoption's known numbers. */
export const NUMBERS = 'numbers'

const POSITION = POSITION_MARK

export function positionName(guard: string | undefined): string {
  return guard === undefined ? POSITION : `${POSITION}_${guard}`
}

export function isPositionName(name: string): boolean {
  return name.startsWith(POSITION)
}

const COUNTED = 'mr_counted_'

/** On a counter item: what was counted, one attribute for each reader of each partition of each topic incarnation. */
export function countedName(reader: string, { topicId, partition }: Cursor): string {
  return `${COUNTED}${reader}_${topicId}_${partition}`
}

export function isCountedName(name: string): boolean {
  return name.startsWith(COUNTED)
}

/** What is read of an item that turned out to exist. */
export const READ_BACK: readonly string[] = [POSITION, CREATED, DELETED_AT, EXPIRES, ADOPTED, HOLDER]
