// The marks that a write leaves on the items it touches.

import { itemMark } from '../../core/item-mark.ts'
import type { ItemKey } from '../../core/write.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { CREATED, CURSOR, FROM, MARK, positionName } from '../../dynamodb/bookkeeping.ts'
import type { Stamp } from '../stamp.ts'

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
