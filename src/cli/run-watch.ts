// How runs stand, as the log has them: by kind and state, how far those under way have come, and what the last ones of a
// connector came to.

import { type Progress, RUN_KINDS, type RunKind } from '../core/run.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Clock } from '../pipeline/clock.ts'
import { type RunBook, type RunStanding, stateOf } from '../pipeline/run-book.ts'
import { type Watch, watch } from './watch.ts'

export interface RunWatchOptions {
  readonly book: Pick<RunBook, 'refresh' | 'standings' | 'get'>
  readonly metrics: Metrics
  readonly clock: Clock
}

const EVERY_MS = 5_000
const STATES = ['queued', 'running', 'paused', 'done', 'failed', 'cancelled'] as const

export function runWatch({ book, metrics, clock }: RunWatchOptions): Watch {
  const look = async () => {
    await book.refresh()
    const runs = book.standings()
    const byKind = Map.groupBy(runs, ({ order }) => order.kind)
    for (const kind of RUN_KINDS) tellKind(metrics, kind, byKind.get(kind) ?? [])
    for (const { order } of lastDone(runs, 'verify')) {
      const { connector, id } = order
      metrics.verifyDifferences.set({ connector }, book.get(id)?.tally.rejected ?? 0)
    }
    for (const { order, progress } of lastDone(runs, 'import')) {
      const endedAtMs = progress.endedAtMs ?? progress.updatedAtMs
      metrics.importSuccess.set({ connector: order.connector }, endedAtMs / 1000)
      metrics.importTime.set({ connector: order.connector }, (endedAtMs - progress.startedAtMs) / 1000)
    }
  }
  const { runs, runRows, runRowsExpected, runRate } = metrics
  const forget = () => {
    for (const gauge of [runs, runRows, runRowsExpected, runRate]) gauge.reset()
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget })
}

function tellKind(metrics: Metrics, kind: RunKind, runs: readonly RunStanding[]): void {
  const states = runs.map(stateOf)
  for (const state of STATES) metrics.runs.set({ kind, state }, states.filter((one) => one === state).length)
  const underWay = runs.flatMap((run) => (stateOf(run) === 'running' && run.progress !== null ? [run.progress] : []))
  metrics.runRows.set({ kind }, sum(underWay.map(({ rows }) => rows)))
  metrics.runRowsExpected.set({ kind }, sum(underWay.map(({ rowsExpected }) => rowsExpected ?? 0)))
  metrics.runRate.set({ kind }, sum(underWay.map(({ rowsPerSecond }) => rowsPerSecond)))
}

type Begun = RunStanding & { readonly progress: Progress }

/** Of each connector the one that was ordered last, of those that are done. */
function lastDone(runs: readonly RunStanding[], kind: RunKind): Iterable<Begun> {
  const last = new Map<string, Begun>()
  for (const { order, progress } of runs) {
    if (order.kind !== kind || progress === null || stateOf({ order, progress }) !== 'done') continue
    const known = last.get(order.connector)
    if (known === undefined || known.order.orderedAtMs < order.orderedAtMs)
      last.set(order.connector, { order, progress })
  }
  return last.values()
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0)
}
