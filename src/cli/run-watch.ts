// How runs stand, as the log has them: by kind and state, how far those under way have come, and what the last ones of a
// connector came to.

import { RUN_KINDS, type RunKind } from '../core/run.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Clock } from '../pipeline/clock.ts'
import { type Run, type RunBook, stateOf } from '../pipeline/run-book.ts'
import { type Watch, watch } from './watch.ts'

export interface RunWatchOptions {
  readonly book: Pick<RunBook, 'refresh' | 'all'>
  readonly metrics: Metrics
  readonly clock: Clock
}

const EVERY_MS = 5_000
const STATES = ['queued', 'running', 'paused', 'done', 'failed', 'cancelled'] as const

export function runWatch({ book, metrics, clock }: RunWatchOptions): Watch {
  const look = async () => {
    await book.refresh()
    const runs = book.all()
    const byKind = Map.groupBy(runs, ({ order }) => order.kind)
    for (const kind of RUN_KINDS) tellKind(metrics, kind, byKind.get(kind) ?? [])
    const done = runs.filter((run) => stateOf(run) === 'done')
    for (const [connector, ofConnector] of Map.groupBy(done, ({ order }) => order.connector)) {
      tellLast(metrics, connector, ofConnector)
    }
  }
  const { runs, runRows, runRowsExpected, runRate } = metrics
  const forget = () => {
    for (const gauge of [runs, runRows, runRowsExpected, runRate]) gauge.reset()
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget })
}

function tellKind(metrics: Metrics, kind: RunKind, runs: readonly Run[]): void {
  const states = runs.map(stateOf)
  for (const state of STATES) metrics.runs.set({ kind, state }, states.filter((one) => one === state).length)
  const underWay = runs.flatMap((run) => (stateOf(run) === 'running' && run.progress !== null ? [run.progress] : []))
  metrics.runRows.set({ kind }, sum(underWay.map(({ rows }) => rows)))
  metrics.runRowsExpected.set({ kind }, sum(underWay.map(({ rowsExpected }) => rowsExpected ?? 0)))
  metrics.runRate.set({ kind }, sum(underWay.map(({ rowsPerSecond }) => rowsPerSecond)))
}

/** `runs` have been done, the newest order first. */
function tellLast(metrics: Metrics, connector: string, runs: readonly Run[]): void {
  const verified = runs.find(({ order }) => order.kind === 'verify')
  if (verified !== undefined) metrics.verifyDifferences.set({ connector }, verified.tally.rejected)
  const imported = runs.find(({ order }) => order.kind === 'import')?.progress
  if (imported === undefined || imported === null) return
  const endedAtMs = imported.endedAtMs ?? imported.updatedAtMs
  metrics.importSuccess.set({ connector }, endedAtMs / 1000)
  metrics.importTime.set({ connector }, (endedAtMs - imported.startedAtMs) / 1000)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0)
}
