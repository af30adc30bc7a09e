// What would become of a decision about a conflict, without writing anything.

import { NO_TALLY, type Order } from '../core/run.ts'
import type { Sink } from '../sink/sink.ts'
import type { Clock } from './clock.ts'
import type { Forecast } from './dry-run.ts'
import { type ResolveOptions, resolution, resolvedFinding, troubleOf } from './resolve.ts'

export interface DryResolveOptions extends Pick<ResolveOptions, 'log' | 'records'> {
  readonly sink: Pick<Sink, 'foresee'>
  readonly clock: Clock
}

/** Rejected: the side that would be overwritten has changed since, and nothing would be written. */
export async function dryResolve(
  { sink, clock, ...reading }: DryResolveOptions,
  order: Pick<Order, 'connector' | 'scope'>,
  signal: AbortSignal,
): Promise<Forecast> {
  const finding = await resolvedFinding(reading, order, signal)
  const placed = resolution(finding, { ...order, id: 'dry', orderedAtMs: clock.nowMs() })
  const [outcome] = await sink.foresee([placed], signal)
  const isGood = troubleOf(outcome) === null
  const sample = { ...NO_TALLY, ...(isGood ? { applied: 1 } : { rejected: 1 }) }
  return { rows: 1, isExact: true, sample, writeUnits: isGood ? 1 : 0, minutes: null }
}
