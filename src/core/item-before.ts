// What the author of a change of an item can have had before them. Whoever puts a whole item puts back all of it as they
// had read it, and the item's positions tell how old that was.

import type { ChangeEvent } from './event.ts'
import { itemOf, POSITION_MARK } from './item.ts'
import type { Fields } from './value.ts'

/** Nothing of an item that is new; null where nobody knows: of a copied item, and of one that was put back. */
export function itemBefore({ op, before, after }: Pick<ChangeEvent, 'op' | 'before' | 'after'>): Fields | null {
  if (op === 'read') return null
  const [held, now] = [itemOf(before) ?? {}, itemOf(after)]
  return now !== null && isSetBack(held, now) ? null : held
}

type Marked = Readonly<Record<string, unknown>>

/** Whether an older state came back: a position is smaller than it was, or lost. In whatever form both images are. */
export function isSetBack(before: Marked, after: Marked): boolean {
  return Object.keys(before).some(
    (name) => name.startsWith(POSITION_MARK) && textOf(after[name]) < textOf(before[name]),
  )
}

function textOf(position: unknown): string {
  return position === undefined ? '' : JSON.stringify(position)
}
