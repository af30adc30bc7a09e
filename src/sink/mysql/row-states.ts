// The rows that some writes are for, each with its state; a write whose key no row can have has none, but a reason.

import { fieldNames } from '../../core/field-names.ts'
import { type ItemRef, itemId } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import type { Wanted } from './load-rows.ts'
import { type RowKey, rowKey } from './row-key.ts'
import { type Found, RowState } from './row-state.ts'
import type { Session } from './session.ts'
import type { TargetShape } from './target-column.ts'
import type { RowWrite, TargetTables } from './target-tables.ts'

export interface Writes {
  readonly writes: readonly RowWrite[]
  /** The columns that have to be known for a write. */
  readonly reads: (write: RowWrite) => readonly string[]
}

/** How rows are found. */
export interface Finding {
  readonly session: Session
  readonly targets: TargetTables
  readonly find: (wanted: Wanted) => Promise<(key: RowKey) => Found>
}

export class RowStates {
  readonly all: RowState[] = []
  readonly #byItem = new Map<string, RowState | Rejection>()

  static async load(by: Finding, { writes, reads }: Writes): Promise<RowStates> {
    const loaded = new RowStates()
    const tables = Map.groupBy(withCounts(writes), ({ table }) => table)
    // The same order for everybody: two calls do not wait for each other.
    for (const [table, ofTable] of [...tables].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const shape = await by.targets.shape(by.session, table, namesOf(ofTable, fieldNames))
      const keys = loaded.#keysOf(shape, ofTable)
      const columns = [...namesOf(ofTable, reads)].flatMap((name) => shape.columns.get(name) ?? [])
      loaded.#add(keys, await by.find({ shape, keys, columns }))
    }
    return loaded
  }

  /** Throws the Rejection of a key that no row can have. */
  of(ref: ItemRef): RowState {
    const state = this.#byItem.get(itemId(ref))
    if (state instanceof RowState) return state
    throw state ?? new RangeError(`the row of ${itemId(ref)} was not loaded`)
  }

  #keysOf(shape: TargetShape, writes: readonly RowWrite[]): ReadonlyMap<string, RowKey> {
    const keys = new Map<string, RowKey>()
    for (const write of writes) {
      const item = itemId(write)
      if (keys.has(item) || this.#byItem.has(item)) continue
      try {
        keys.set(item, rowKey(shape, write.key))
      } catch (error) {
        if (!(error instanceof Rejection)) throw error
        this.#byItem.set(item, error)
      }
    }
    return new Map([...keys].sort(([, one], [, other]) => (one.text < other.text ? -1 : 1)))
  }

  /** Keys that are written in other ways may be the same row. */
  #add(keys: ReadonlyMap<string, RowKey>, find: (key: RowKey) => Found): void {
    const byText = new Map<string, RowState>()
    for (const [item, key] of keys) {
      const known = byText.get(key.text)
      const state = known ?? new RowState(key, find(key))
      this.#byItem.set(item, state)
      if (known !== undefined) continue
      byText.set(key.text, state)
      this.all.push(state)
    }
  }
}

function withCounts(writes: readonly RowWrite[]): readonly RowWrite[] {
  const counts = writes.flatMap((write) => (write.do === 'create' ? (write.counts ?? []) : []))
  return counts.length === 0 ? writes : [...writes, ...counts]
}

function namesOf(writes: readonly RowWrite[], of: (write: RowWrite) => readonly string[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const write of writes) for (const name of of(write)) names.add(name)
  return names
}
