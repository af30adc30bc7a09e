// A run as people see it: over HTTP, in the console and on the command line.

import type { CheckResult } from '../core/integrity.ts'
import { rowsOf } from '../core/run.ts'
import { type Run, stateOf } from '../pipeline/run-book.ts'

export interface RunView {
  readonly id: string
  readonly kind: string
  readonly connector: string
  readonly state: string
  readonly scope: unknown
  readonly limits: {
    rows_per_second: number | null
    write_units_per_second: number | null
    source_share: number | null
  }
  readonly by: string
  readonly ordered_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly rows: number
  readonly rows_done: number
  readonly rows_expected: number | null
  readonly rows_per_second: number
  /** When it will be done, at this rate. */
  readonly ends_at: string | null
  readonly tally: Readonly<Record<'applied' | 'stale' | 'exists' | 'rejected' | 'ignored', number>>
  readonly writes: Readonly<Record<string, number>>
  /** What was checked when an import was done. */
  readonly integrity: readonly CheckResult[] | null
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null
}

export function viewOf(run: Run): RunView {
  const { order, progress, tally } = run
  const { writes, applied, stale, exists, rejected, ignored } = tally
  const time = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString())
  const state = stateOf(run)
  return {
    ...{
      id: order.id,
      kind: order.kind,
      connector: order.connector,
      state,
      scope: JSON.parse(order.scope),
      by: order.by,
    },
    limits: {
      rows_per_second: order.limits.rowsPerSecond,
      write_units_per_second: order.limits.writeUnitsPerSecond,
      source_share: order.limits.sourceShare,
    },
    ordered_at: new Date(order.orderedAtMs).toISOString(),
    started_at: time(progress?.startedAtMs),
    ended_at: time(progress?.endedAtMs),
    rows: progress?.rows ?? 0,
    rows_done: rowsOf(tally),
    rows_expected: progress?.rowsExpected ?? null,
    rows_per_second: Math.round(progress?.rowsPerSecond ?? 0),
    ends_at: state === 'running' ? time(endOf(run)) : null,
    tally: { applied, stale, exists, rejected, ignored },
    writes,
    integrity: run.integrity,
    error: progress?.fault ?? null,
  }
}

function endOf({ progress, tally }: Run): number | null {
  if (progress === null || progress.rowsExpected === null || progress.rowsPerSecond <= 0) return null
  const left = Math.max(0, progress.rowsExpected - rowsOf(tally))
  return progress.updatedAtMs + (left / progress.rowsPerSecond) * 1_000
}
