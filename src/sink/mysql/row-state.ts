// One row of a target while a call works on it: what was found, and what the writes decided so far make of it. Writes to
// a row are decided one after the other, and sent together.

import type { Fields, Value } from '../../core/value.ts'
import type { ItemKey } from '../../core/write.ts'
import { PLAIN } from './bookkeeping.ts'
import type { TargetShape } from './target-column.ts'

/** A row of the table of positions. */
export interface Guard {
  /** Null: nothing was merged under it. */
  readonly position: string | null
  readonly mark: string | null
  readonly made: string | null
  readonly removed: 'tombstone' | 'flag' | null
  readonly deletedAt: string | null
}

const NO_GUARD: Guard = { position: null, mark: null, made: null, removed: null, deletedAt: null }

export const GUARD_PARTS = Object.keys(NO_GUARD) as (keyof Guard)[]

/** What one write sets. */
export interface Part {
  readonly owner: number
  readonly values: ReadonlyMap<string, Value>
}

export interface Found {
  readonly isThere: boolean
  /** Of the columns that were asked for. */
  readonly held: Fields
  readonly guards: ReadonlyMap<string, Guard>
}

export class RowState {
  readonly shape: TargetShape
  readonly key: ItemKey
  /** The key's values as the columns hold them. */
  readonly keyValues: readonly Value[]
  readonly found: Found
  readonly guards: Map<string, Guard>
  readonly parts: Part[] = []
  isThere: boolean

  constructor(at: { shape: TargetShape; key: ItemKey; keyValues: readonly Value[] }, found: Found) {
    this.shape = at.shape
    this.key = at.key
    this.keyValues = at.keyValues
    this.found = found
    this.guards = new Map(found.guards)
    this.isThere = found.isThere
  }

  /** As it was found. */
  anew(): RowState {
    return new RowState(this, this.found)
  }

  guard(name: string | undefined): Guard {
    return this.guards.get(name ?? PLAIN) ?? NO_GUARD
  }

  mark(name: string | undefined, change: Partial<Guard>): void {
    this.guards.set(name ?? PLAIN, { ...this.guard(name), ...change })
  }

  set(owner: number, values: ReadonlyMap<string, Value>): void {
    this.parts.push({ owner, values })
    this.isThere = true
  }

  /** What the columns hold with everything decided so far; null where there is no row. */
  get held(): Fields | null {
    if (!this.isThere) return null
    const held: Record<string, Value> = { ...(this.found.held as Record<string, Value>) }
    for (const { values } of this.parts) for (const [name, value] of values) held[name] = value
    return held
  }

  /** Guards that are not as they were found. */
  get changedGuards(): readonly (readonly [name: string, guard: Guard])[] {
    return [...this.guards].filter(([name, guard]) => !isSame(guard, this.found.guards.get(name)))
  }
}

/** All that these parts set, the later over the earlier. */
export function together(parts: readonly Part[]): ReadonlyMap<string, Value> {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only.values
  return new Map(parts.flatMap(({ values }) => [...values]))
}

function isSame(one: Guard, other: Guard | undefined): boolean {
  if (other === undefined) return false
  return GUARD_PARTS.every((name) => one[name] === other[name])
}
