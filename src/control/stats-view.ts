// How imports have gone, as people see it.

import type { Run } from '../pipeline/run-book.ts'
import { stateOf } from '../pipeline/run-book.ts'
import { viewOf } from './run-view.ts'

const DAY_MS = 24 * 3_600_000
const CHANGES = ['inserted', 'updated', 'unchanged', 'deleted'] as const

export function statsView(runs: readonly Run[], nowMs: number) {
  const imports = runs.filter(({ order }) => order.kind === 'import')
  const [last] = imports
  return {
    all: sums(imports),
    last_day: sums(imports.filter(({ order }) => nowMs - order.orderedAtMs < DAY_MS)),
    last_run: last === undefined ? null : viewOf(last),
  }
}

function sums(runs: readonly Run[]) {
  const states: Record<string, number> = {}
  const rows = { read: 0, inserted: 0, updated: 0, unchanged: 0, deleted: 0, failed: 0 }
  for (const run of runs) {
    const state = stateOf(run)
    states[state] = (states[state] ?? 0) + 1
    rows.read += run.progress?.rows ?? 0
    rows.failed += run.tally.rejected
    for (const [name, count] of Object.entries(run.tally.writes)) {
      const change = CHANGES.find((one) => name.endsWith(` ${one}`))
      if (change !== undefined) rows[change] += count
    }
  }
  const { done = 0, failed = 0 } = states
  return { runs: runs.length, states, rows, success_rate: done + failed === 0 ? null : done / (done + failed) }
}
