// One row of a target while a call works on it: what was found, and what the writes decided so far make of it. Writes to
// a row are decided one after the other, and sent together.

import type { Fields, Row, Value } from '../../core/value.ts'
import type { Remove } from '../../core/write.ts'
import { PLAIN } from './bookkeeping.ts'
import type { RowKey } from './row-key.ts'

/** A row of the table of positions. */
export interface Guard {
  /** Null: nothing was merged under it. */
  readonly position: string | null
  readonly mark: string | null
  readonly made: string | null
  readonly removed: Remove['how'] | null
  readonly deletedAt: string | null
  /** Of the records that moved it on. */
  readonly contests: string | null
}

const NO_GUARD: Guard = { position: null, mark: null, made: null, removed: null, deletedAt: null, contests: null }

export const GUARD_PARTS = Object.keys(NO_GUARD) as (keyof Guard)[]

/** What one write sets: values by the names of their columns. */
export interface Part {
  readonly owner: number
  readonly values: Row
}

export interface Found {
  readonly isThere: boolean
  /** Of the columns that were asked for. */
  readonly held: Fields
  /** Null where they have been moved on already: nothing is decided of them then. */
  readonly guards: ReadonlyMap<string, Guard> | null
}

/** A row has few guards. */
interface Marked {
  readonly name: string
  readonly guard: Guard
}

export class RowState {
  readonly row: RowKey
  readonly found: Found
  #marked: readonly Marked[] = []
  parts: readonly Part[] = []
  isThere: boolean
  /** The write that deletes the row that was found; parts are then of another one that takes its place. */
  deletedBy: number | null = null

  constructor(row: RowKey, found: Found) {
    this.row = row
    this.found = found
    this.isThere = found.isThere
  }

  /** As it was found. */
  anew(): RowState {
    return new RowState(this.row, this.found)
  }

  guard(name: string | undefined): Guard {
    for (const one of this.#marked) if (one.name === (name ?? PLAIN)) return one.guard
    return guardIn(this.found.guards, name)
  }

  mark(name: string | undefined, change: Partial<Guard>): void {
    if (this.found.guards === null) return
    const marked = { name: name ?? PLAIN, guard: { ...this.guard(name), ...change } }
    const others = this.#marked.filter((one) => one.name !== marked.name)
    this.#marked = [...others, marked]
  }

  set(owner: number, values: Row): void {
    this.parts = [...this.parts, { owner, values }]
    this.isThere = true
  }

  delete(owner: number): void {
    if (this.found.isThere) this.deletedBy ??= owner
    this.parts = []
    this.isThere = false
  }

  /** What the columns hold with everything decided so far; null where there is no row. */
  get held(): Fields | null {
    if (!this.isThere) return null
    const held: Record<string, Value> = this.deletedBy === null ? { ...(this.found.held as Row) } : {}
    for (const { values } of this.parts) Object.assign(held, values)
    return held
  }

  /** Guards that are not as they were found. */
  get changedGuards(): readonly Marked[] {
    return this.#marked.filter(({ name, guard }) => !isSame(guard, this.found.guards?.get(name)))
  }
}

export function guardIn(guards: Found['guards'], name: string | undefined): Guard {
  return guards?.get(name ?? PLAIN) ?? NO_GUARD
}

/** All that these parts set, the later over the earlier. */
export function together(parts: readonly Part[]): Row {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only.values
  return Object.assign({}, ...parts.map(({ values }) => values))
}

function isSame(one: Guard, other: Guard | undefined): boolean {
  if (other === undefined) return false
  return GUARD_PARTS.every((name) => one[name] === other[name])
}
