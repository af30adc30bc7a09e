// One item of a target, told apart from all others.

import type { ItemKey } from '../core/write.ts'

/** One item, wherever it is. */
export interface ItemRef {
  readonly table: string
  readonly key: ItemKey
}

/** The same text for the same item, and for no other. */
export function itemId({ table, key }: ItemRef): string {
  const [first, second] = key
  return second === undefined ? `${table}\u0000${first}` : `${table}\u0000${first}\u0000${second}`
}

/** For people. */
export function describeItem({ table, key }: ItemRef): string {
  return `${table} [${key.join(', ')}]`
}
