// Merges that a later one of the same call makes needless: of a row that changed often only the newest state is written.

import type { Merge } from '../../core/write.ts'
import { itemId } from '../item-ref.ts'
import type { PlacedWrite } from '../sink.ts'

/**
 * For the index of a merge that need not be sent, the index of the one that covers it: a newer merge of the same fields
 * of the same item in the same lane, with nothing for that item or in that lane between them.
 */
export function superseded(writes: readonly PlacedWrite[]): ReadonlyMap<number, number> {
  const covers = new Map<number, number>()
  const nextInLane = new Map<string, number>()
  const nextOfItem = new Map<string, number>()
  for (let index = writes.length - 1; index >= 0; index--) {
    const placed = writes[index]
    if (placed === undefined) continue
    const { write, lane } = placed
    const item = write.do === 'identify' ? null : itemId(write)
    const next = nextInLane.get(lane)
    if (item !== null && next !== undefined && nextOfItem.get(item) === next && isCovered(placed, writes[next])) {
      covers.set(index, covers.get(next) ?? next)
    }
    nextInLane.set(lane, index)
    if (item !== null) nextOfItem.set(item, index)
  }
  return covers
}

function isCovered({ write, position }: PlacedWrite, next: PlacedWrite | undefined): boolean {
  return (
    next !== undefined &&
    isPlainMerge(write) &&
    isPlainMerge(next.write) &&
    write.guard === next.write.guard &&
    write.mustExist === next.write.mustExist &&
    position < next.position &&
    haveSameNames(write.fields, next.write.fields)
  )
}

/** What is contested is settled version by version. */
function isPlainMerge(write: PlacedWrite['write']): write is Merge {
  return write.do === 'merge' && write.seed !== true && write.contested === undefined
}

function haveSameNames(one: object, other: object): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => name in other)
}
