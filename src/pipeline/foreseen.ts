// What would become of some records, mapped now and held against the target as it stands; nothing is written.

import type { Cursor } from '../core/cursor.ts'
import { NO_TALLY, type Tally } from '../core/run.ts'
import type { StoredRecord } from '../log/log.ts'
import type { PlacedWrite, Sink } from '../sink/sink.ts'
import type { Clock } from './clock.ts'
import type { Plan, Planned } from './plan.ts'
import { tallyOf } from './run-counts.ts'
import { Stopwatch } from './stopwatch.ts'

export interface Foreseeing {
  readonly plan: Plan
  readonly sink: Sink
  readonly clock: Clock
  readonly connector: string
  readonly isReplay: boolean
}

export interface Sample {
  readonly stored: readonly StoredRecord[]
  /** The cursor of their partition. */
  readonly scope: Cursor
}

export interface Foreseen {
  readonly cursor: Cursor
  readonly tally: Tally
}

/** One for each record, but for those that a run copied for other connectors. */
export async function foreseen(
  options: Foreseeing,
  { stored, scope }: Sample,
  signal: AbortSignal,
): Promise<readonly Foreseen[]> {
  const { plan, sink, clock } = options
  const all = await plan.make(stored, scope, { signal, watch: new Stopwatch(clock) })
  const planned = all.filter(({ isForOther }) => !isForOther)
  const outcomes = await sink.foresee(
    planned.flatMap((one) => placed(one, options)),
    signal,
  )
  let at = 0
  return planned.map(({ cursor, reason, writes }) => {
    if (reason !== null) return { cursor, tally: { ...NO_TALLY, rejected: 1 } }
    at += writes.length
    return { cursor, tally: tallyOf(writes, outcomes.slice(at - writes.length, at)) }
  })
}

function placed(
  { event, writes, cursor, reason, run: copied }: Planned,
  { connector, isReplay }: Foreseeing,
): readonly PlacedWrite[] {
  if (event === null || reason !== null) return []
  const run = isReplay ? { run: 'dry' } : {}
  const brought = copied === null ? {} : { broughtBy: copied.run }
  const placing = {
    ...brought,
    position: event.position,
    cursor,
    lane: `${cursor.offset}`,
    reader: connector,
    since: 0,
    ...run,
  }
  return writes.map((write) => ({ ...placing, write }))
}
