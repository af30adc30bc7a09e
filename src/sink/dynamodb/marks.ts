// The marks that a write leaves on the items it touches.

import type { Stamp } from '../stamp.ts'
import type { Item } from './attributes.ts'
import { CREATED, CURSOR, FROM, positionName } from './bookkeeping.ts'

/** The bookkeeping of an item that this write makes. */
export function birthMarks({ position, mark }: Stamp, guard?: string): Item {
  return { [positionName(guard)]: { S: position }, [CURSOR]: { S: mark }, [CREATED]: { S: mark } }
}

/** Whose fields a person's item holds; nothing where the row has no claim of its own. */
export function rowMark(self: string | undefined): Item {
  return self === undefined ? {} : { [FROM]: { S: self } }
}

export function isMadeBy(item: Item | null, { mark }: Stamp): boolean {
  return item?.[CREATED]?.S === mark
}
