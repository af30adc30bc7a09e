// A sync: one venue, or all of them, brought up to date on demand. What is counted for each venue rests beside the
// tallies of the run; what came of a venue's last sync stays, under one key for each venue.

import { type Position, position } from './position.ts'
import type { Order, Tally } from './run.ts'

/** What a run of this kind is about; null: all venues. */
export interface SyncScope {
  readonly venue: string | null
}

export interface SyncStats {
  readonly newPeople: number
  readonly newItems: number
  /** Were there already. */
  readonly duplicates: number
  readonly errors: number
}

/** The last sync of a venue that was done. */
export interface VenueSync {
  readonly connector: string
  readonly venue: string
  readonly run: string
  /** When it began: what was there before is in the target. */
  readonly syncedAtMs: number
  readonly stats: SyncStats
}

/** What the target is told of a venue. */
export interface VenueStatus {
  readonly isUnderWay: boolean
  /** Null: whatever it was told of an earlier sync stays as it is. */
  readonly last: Pick<VenueSync, 'syncedAtMs' | 'stats'> | null
}

export function syncStatsOf({ writes, rejected }: Pick<Tally, 'writes' | 'rejected'>): SyncStats {
  return {
    newPeople: writes['identify made'] ?? 0,
    newItems: writes['create applied'] ?? 0,
    duplicates: writes['create exists'] ?? 0,
    errors: rejected,
  }
}

export function syncScope({ scope }: Pick<Order, 'scope'>): SyncScope {
  return JSON.parse(scope) as SyncScope
}

/** Names what a run has done for one of its venues, as the run's id names what it has done for all. */
export function venueRun(run: string, venue: string): string {
  return `${run}@${encodeURIComponent(venue)}`
}

/** The venue, where the name is of that run. */
export function venueOfRun(name: string, run: string): string | null {
  return name.startsWith(`${run}@`) ? decodeURIComponent(name.slice(run.length + 1)) : null
}

/** Key in the topic of runs. */
export function venueSyncKey({ connector, venue }: Pick<VenueSync, 'connector' | 'venue'>): string {
  return `${venueRun(connector, venue)} sync`
}

/**
 * Orders what the target is told of one venue: by when its runs were ordered, which whoever takes orders makes grow from
 * one to the next, then by attempt. So a repeat is the same, and no two clocks are compared.
 */
export function statusPosition({ id, orderedAtMs, attempt }: Order, isUnderWay: boolean): Position {
  return position(0, [
    { value: orderedAtMs, digits: 12 },
    { value: Number.parseInt(id.slice(0, 8), 16), digits: 8 },
    { value: attempt, digits: 4 },
    { value: isUnderWay ? 0 : 1, digits: 1 },
  ])
}
