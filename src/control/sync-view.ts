// Syncs as people see them: what became of one, and how a venue is doing.

import { syncScope, syncStatsOf } from '../core/sync.ts'
import { type Run, stateOf } from '../pipeline/run-book.ts'
import type { VenueState } from '../pipeline/sync-desk.ts'

/** The shape of the applications that poll it. */
export interface SyncStatusView {
  readonly client_id: number | string
  readonly restaurant_name: string | null
  /** When it began: what was in the source by then is in the target. */
  readonly last_sync_at: string | null
  readonly last_sync_stats: {
    readonly new_customers: number
    readonly new_comments: number
    readonly errors: number
  } | null
  readonly sync_in_progress: boolean
}

/** A job and its result so far; final once `ended_at` is set. */
export interface SyncJobView {
  readonly job_id: string
  readonly state: string
  readonly by: string
  readonly ordered_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly success: boolean
  /** Null: all of them. */
  readonly client_id: number | string | null
  readonly new_customers: number
  readonly new_comments: number
  readonly skipped_duplicates: number
  readonly errors: readonly string[]
  readonly duration_ms: number
}

export function statusView({ venue, last, isUnderWay }: VenueState): SyncStatusView {
  const stats = last && {
    new_customers: last.stats.newPeople,
    new_comments: last.stats.newItems,
    errors: last.stats.errors,
  }
  return {
    client_id: idOf(venue.id),
    restaurant_name: venue.name,
    last_sync_at: last && new Date(last.syncedAtMs).toISOString(),
    last_sync_stats: stats,
    sync_in_progress: isUnderWay,
  }
}

export function jobView(run: Run): SyncJobView {
  const { order, progress } = run
  const { venue } = syncScope(order)
  const stats = syncStatsOf(run.tally)
  const state = stateOf(run)
  const time = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString())
  return {
    job_id: order.id,
    state,
    by: order.by,
    ordered_at: new Date(order.orderedAtMs).toISOString(),
    started_at: time(progress?.startedAtMs),
    ended_at: time(progress?.endedAtMs),
    success: state === 'done',
    client_id: venue === null ? null : idOf(venue),
    new_customers: stats.newPeople,
    new_comments: stats.newItems,
    skipped_duplicates: stats.duplicates,
    errors: errorsOf(run, stats.errors),
    duration_ms: progress === null ? 0 : (progress.endedAtMs ?? progress.updatedAtMs) - progress.startedAtMs,
  }
}

function errorsOf({ progress }: Run, rejected: number): readonly string[] {
  const fault = progress?.fault
  return [
    ...(fault ? [`${fault.code}: ${fault.message}`] : []),
    ...(rejected === 0 ? [] : [`${rejected} rows were rejected: the dead topics say why`]),
  ]
}

function idOf(venue: string): number | string {
  const number = Number(venue)
  return Number.isSafeInteger(number) && String(number) === venue ? number : venue
}
