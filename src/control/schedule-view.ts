// What the clock orders, as people see it.

import { z } from 'zod'
import { placeOf } from '../core/import-from.ts'
import type { ScheduleStanding } from '../pipeline/schedule-desk.ts'
import { type RunView, viewOf } from './run-view.ts'

const Moment = z.iso.datetime().nullable()

export const ScheduleView = z.object({
  id: z.string(),
  /** Null: imports of any connector that failed are tried again. */
  connector: z.string().nullable(),
  imports: z.array(z.object({ table: z.string(), from: z.string() })),
  cron: z.string(),
  time_zone: z.string(),
  next_at: Moment,
  /** When the clock ordered it last; null where it has not yet. */
  last_at: Moment,
  /** The last run of the same, whoever ordered it. */
  last_run: z.custom<RunView>().nullable(),
  is_under_way: z.boolean(),
})
export type ScheduleView = z.infer<typeof ScheduleView>

const UNDER_WAY = ['queued', 'running', 'paused']

export function scheduleView({ scheduled, nextMs, lastMs, lastRun }: ScheduleStanding): ScheduleView {
  const { name: id, connector, imports, schedule } = scheduled
  const last_run = lastRun && viewOf(lastRun)
  return {
    ...{ id, connector, cron: schedule.cron, time_zone: schedule.zone ?? 'UTC' },
    imports: imports.map(({ table, from }) => ({ table, from: placeOf(from) })),
    ...{ next_at: moment(nextMs), last_at: moment(lastMs), last_run },
    is_under_way: last_run !== null && UNDER_WAY.includes(last_run.state),
  }
}

function moment(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
