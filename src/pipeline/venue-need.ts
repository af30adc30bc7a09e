// Whether a venue needs a sync, and why: the one place that says so. Age is no reason, for changes arrive by themselves.

import { counted } from '../core/counted.ts'
import type { VenueState } from './sync-desk.ts'

/** What is known of all venues. */
export interface SyncFacts {
  /** When the newest sync that failed was ordered, by venue; of all of them under null. */
  readonly failedMs: ReadonlyMap<string | null, number>
  /** Up to when changes are known to be missing; null where none are. */
  readonly missingMs: number | null
  /** When the last verification of the venue began, if it left differences; null if it left none, or there was none. */
  readonly differedMs: (venue: string) => number | null
  /** Why nothing that changes now arrives; null where it does. */
  readonly behind: string | null
}

/** Null: it needs none. */
export function venueNeed({ venue, last }: Pick<VenueState, 'venue' | 'last'>, facts: SyncFacts): string | null {
  if (last === null) return 'it was never synced'
  const since = (ms: number | null | undefined) => ms != null && ms > last.syncedAtMs
  if (since(facts.failedMs.get(venue.id)) || since(facts.failedMs.get(null))) return 'its last sync failed'
  if (last.stats.errors > 0) return `its last sync left ${counted(last.stats.errors, 'row')} rejected`
  if (since(facts.missingMs)) return 'changes since its last sync were not captured'
  if (since(facts.differedMs(venue.id))) return 'a verification has found differences since its last sync'
  return facts.behind
}
