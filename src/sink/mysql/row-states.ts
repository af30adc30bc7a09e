// The rows that some writes are for, each with its state; a write whose key no row can have has none, but a reason.

import { fieldNames } from '../../core/field-names.ts'
import { type ItemRef, itemId } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import { type Loading, loadRows } from './load-rows.ts'
import { type RowKey, rowKey } from './row-key.ts'
import { RowState } from './row-state.ts'
import type { TargetShape } from './target-column.ts'
import type { RowWrite, TargetTables } from './target-tables.ts'

export interface Writes {
  readonly writes: readonly RowWrite[]
  /** The columns that have to be known for a write. */
  readonly reads: (write: RowWrite) => readonly string[]
}

export class RowStates {
  readonly #states = new Map<string, RowState>()
  readonly #byItem = new Map<string, RowState | Rejection>()

  static async load(by: Loading & { readonly targets: TargetTables }, { writes, reads }: Writes): Promise<RowStates> {
    const loaded = new RowStates()
    const tables = Map.groupBy(writes.flatMap(withCounts), ({ table }) => table)
    // The same order for everybody: two calls do not wait for each other.
    for (const [table, ofTable] of [...tables].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const shape = await by.targets.shape(by.session, table, new Set(ofTable.flatMap(fieldNames)))
      const keys = loaded.#keysOf(shape, ofTable)
      const columns = [...new Set(ofTable.flatMap(reads))].flatMap((name) => shape.columns.get(name) ?? [])
      const found = await loadRows(by, { shape, keys: [...keys.values()], columns })
      for (const [item, key] of keys) loaded.#add(item, key, found.get(key.text))
    }
    return loaded
  }

  get all(): readonly RowState[] {
    return [...this.#states.values()]
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
  #add(item: string, key: RowKey, found: ConstructorParameters<typeof RowState>[1] | undefined): void {
    if (found === undefined) return
    const row = itemId({ table: key.shape.table, key: [key.text] })
    const state = this.#states.get(row) ?? new RowState({ ...key, keyValues: key.values }, found)
    this.#states.set(row, state)
    this.#byItem.set(item, state)
  }
}

function withCounts(write: RowWrite): readonly RowWrite[] {
  return write.do === 'create' ? [write, ...(write.counts ?? [])] : [write]
}
