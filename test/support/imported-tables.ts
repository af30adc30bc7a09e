// What tables hold after imports, by the rules alone: a row's newer position counts, deletes keep theirs, and rows that a
// walk should have seen and did not are gone, as its flow has it.

import type { ChangeEvent } from '../../src/core/event.ts'
import type { SquareFlow } from '../../src/core/square/square-flow.ts'
import type { Row } from '../../src/core/value.ts'

interface Held {
  readonly position: string
  /** Null when it was deleted. */
  readonly row: Row | null
  readonly run: number
}

export interface Tally {
  written: number
  same: number
  stale: number
  deleted: number
}

export class ImportedTables {
  readonly #tables = new Map<string, Map<string, Held>>()
  #runs = 0

  rows(table: string): readonly Row[] {
    return [...(this.#tables.get(table) ?? new Map<string, Held>()).values()].flatMap(({ row }) =>
      row === null ? [] : [row],
    )
  }

  /** `isWhole`: the walk went through everything. */
  apply(flow: SquareFlow, events: readonly ChangeEvent[], isWhole: boolean): Tally {
    const run = ++this.#runs
    const tally: Tally = { written: 0, same: 0, stale: 0, deleted: 0 }
    const before = flow.reads === 'rebuild' ? undefined : this.#tables.get(flow.table)
    const held = new Map(before)
    this.#tables.set(flow.table, held)
    for (const event of events) {
      const { fault } = event.parts
      if (fault !== null) throw new Error(`${flow.table}: ${fault}`)
      const name = String(event.key.mr_name)
      const known = held.get(name)
      const isNewer = known === undefined || event.position > known.position
      if (!isNewer) held.set(name, { ...known, run })
      else held.set(name, { position: event.position, row: event.after, run })
      if (isNewer) tally[event.op === 'delete' ? 'deleted' : 'written']++
      else tally[event.position === known.position ? 'same' : 'stale']++
    }
    for (const [name, one] of held) {
      if (one.row === null || !this.#isGone(flow, { one, run, isWhole })) continue
      held.set(name, { ...one, row: null })
      tally.deleted++
    }
    return tally
  }

  #isGone(
    { deletes, references }: SquareFlow,
    { one, run, isWhole }: { one: Held; run: number; isWhole: boolean },
  ): boolean {
    const ends = (field: string) =>
      this.#tables.get(references[field] ?? '')?.get(String(one.row?.[field]))?.row === null
    if (Object.keys(references).some(ends)) return true
    if (deletes === 'never' || one.run === run) return false
    if (typeof deletes === 'string') return isWhole
    const parent = this.#tables.get(references[deletes.withParent] ?? '')?.get(String(one.row?.[deletes.withParent]))
    return parent !== undefined && parent.position > one.position
  }
}
