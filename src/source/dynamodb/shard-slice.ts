// Which shards are whose, where several readers share a stream. A shard has one parent at most, so shards are trees, and a
// tree stays in one slice: parents are read before their children in whichever process has it.

import { hash } from 'node:crypto'

export interface ShardSlice {
  /** From 0 on. */
  readonly index: number
  readonly of: number
}

export const WHOLE: ShardSlice = { index: 0, of: 1 }

/** Whether a tree that begins with this shard is the slice's, when nobody has dealt it out. */
export function isRootOf({ index, of }: ShardSlice, shard: string): boolean {
  return Number.parseInt(hash('sha256', shard, 'hex').slice(0, 8), 16) % of === index
}
