// Tells the target that a sync of its venues has begun or ended. Each is a merge under a guard of its own, with a
// position that follows from the order, so that a repeat changes nothing and an older sync never tells over a newer one.

import type { Settings } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import type { Order } from '../core/run.ts'
import { statusPosition, type VenueStatus } from '../core/sync.ts'
import { RUNS } from '../core/topic.ts'
import type { Merge } from '../core/write.ts'
import type { PlacedWrite, Sink } from '../sink/sink.ts'
import type { RunWork } from './run-work.ts'
import type { SyncedConnector } from './venues.ts'

/** A connector whose venues can be synced, and where it writes to. */
export interface SyncTarget {
  readonly connector: SyncedConnector
  readonly settings: Settings
  readonly sink: Sink
}

export interface Told {
  readonly venue: string
  readonly status: VenueStatus
}

const GUARD = 'sync'

export async function tell(
  { connector, settings, sink }: SyncTarget,
  work: RunWork,
  told: readonly Told[],
): Promise<void> {
  const { order, signal } = work
  const writes = told.map(({ venue, status }) => {
    const write: Merge = { ...connector.sync.status(venue, status, settings), guard: GUARD }
    return placed(write, { order, venue, isUnderWay: status.isUnderWay })
  })
  const outcomes = await work.retry(() => sink.apply(writes, signal))
  const rejected = outcomes.find(({ did }) => did === 'rejected')
  if (rejected === undefined) return
  throw new MillraceError('SYNC_UNTOLD', `the target refuses the status of a venue: ${rejected.reason}`)
}

/** The record it would come from, were there one: the run's order. */
function placed(write: Merge, by: { order: Order; venue: string; isUnderWay: boolean }): PlacedWrite {
  const { order, venue, isUnderWay } = by
  return {
    write,
    position: statusPosition(order, isUnderWay),
    cursor: { topic: RUNS, topicId: order.id, partition: 0, offset: order.attempt },
    lane: `${RUNS} ${venue}`,
    reader: RUNS,
    since: 0,
  }
}
