// How much a verification has compared, on either side and of each table, as its tally keeps it.

import type { Tally } from '../core/run.ts'
import type { CheckedRow } from './row-check.ts'

export interface ComparedCounts {
  /** By table of the source. */
  readonly rows: Readonly<Record<string, number>>
  /** By table of the target; an item that several rows lead to counts with each of them. */
  readonly items: Readonly<Record<string, number>>
}

export function comparedOf(checked: readonly CheckedRow[]): Tally['writes'] {
  const counts: Record<string, number> = {}
  const count = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  for (const { event, met } of checked) {
    // What was looked at then is an item without a row.
    if (event.op !== 'delete') count(`rows of ${event.table}`)
    for (const table of met) count(`items of ${table}`)
  }
  return counts
}

export function readCompared(writes: Tally['writes']): ComparedCounts {
  const of = (what: string) => {
    const named = Object.entries(writes).filter(([name]) => name.startsWith(what))
    return Object.fromEntries(named.map(([name, count]) => [name.slice(what.length), count]))
  }
  return { rows: of('rows of '), items: of('items of ') }
}
