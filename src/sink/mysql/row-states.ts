// The rows that some writes are for, each with its state; a write whose key no row can have has none, but a reason.

import { fieldNames } from '../../core/field-names.ts'
import { describeItem } from '../item-ref.ts'
import { Rejection } from '../rejection.ts'
import { hasNames } from './has-names.ts'
import type { Wanted, WantedRow } from './load-rows.ts'
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

const NO_NAMES: readonly string[] = []

export class RowStates {
  readonly all: RowState[] = []
  readonly #byWrite = new Map<RowWrite, RowState | Rejection>()

  static async load(by: Finding, { writes, reads }: Writes): Promise<RowStates> {
    const loaded = new RowStates()
    const all = withCounts(writes)
    const tables = Map.groupBy(all.keys(), (place) => all[place]?.table ?? '')
    // The same order for everybody: two calls do not wait for each other.
    for (const [table, places] of [...tables].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const ofTable = places.flatMap((place) => all[place] ?? [])
      const shape = await by.targets.shape(by.session, table, namesSet(ofTable))
      const columns = namesOf(ofTable, reads).flatMap((name) => shape.columns.get(name) ?? [])
      const rows = loaded.#rowsOf(shape, all, places)
      loaded.#add(all, rows, await by.find({ shape, rows, columns }))
    }
    return loaded
  }

  /** Of a write that it was loaded for. Throws the Rejection of a key that no row can have. */
  of(write: RowWrite): RowState {
    const state = this.#byWrite.get(write)
    if (state instanceof RowState) return state
    throw state ?? new RangeError(`the row of ${describeItem(write)} was not loaded`)
  }

  /** Keys that are written in other ways may be the same row. */
  #rowsOf(shape: TargetShape, all: readonly RowWrite[], places: readonly number[]): readonly WantedRow[] {
    const rows = new Map<string, { readonly key: RowKey; readonly places: number[] }>()
    for (const place of places) {
      const write = all[place]
      if (write === undefined) continue
      try {
        const key = rowKey(shape, write.key)
        const known = rows.get(key.text)
        if (known === undefined) rows.set(key.text, { key, places: [place] })
        else known.places.push(place)
      } catch (error) {
        if (!(error instanceof Rejection)) throw error
        this.#byWrite.set(write, error)
      }
    }
    return [...rows.values()].sort((one, other) => (one.key.text < other.key.text ? -1 : 1))
  }

  #add(all: readonly RowWrite[], rows: readonly WantedRow[], find: (key: RowKey) => Found): void {
    for (const { key, places } of rows) {
      const state = new RowState(key, find(key))
      this.all.push(state)
      for (const place of places) {
        const write = all[place]
        if (write !== undefined) this.#byWrite.set(write, state)
      }
    }
  }
}

function withCounts(writes: readonly RowWrite[]): readonly RowWrite[] {
  const counts = writes.flatMap((write) => (write.do === 'create' ? (write.counts ?? []) : []))
  return counts.length === 0 ? writes : [...writes, ...counts]
}

function namesOf(writes: readonly RowWrite[], of: (write: RowWrite) => readonly string[]): readonly string[] {
  const names = new Set<string>()
  for (const write of writes) for (const name of of(write)) names.add(name)
  return [...names]
}

/** Of the fields they set: merges beside each other mostly set the same. */
function namesSet(writes: readonly RowWrite[]): readonly string[] {
  let last: readonly string[] = []
  return namesOf(writes, (write) => {
    if (write.do === 'merge' && hasNames(write.fields, last)) return NO_NAMES
    last = fieldNames(write)
    return last
  })
}
