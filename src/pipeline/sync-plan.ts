// Which rows a sync copies: all of a venue that was never synced; else the venue's own row, and what has changed since.

import type { RowScope } from '../source/source.ts'
import type { RunBook } from './run-book.ts'
import { scopesOf } from './run-scope.ts'
import type { SyncedConnector, Venues } from './venues.ts'

export interface SyncPlanOptions {
  readonly connector: SyncedConnector
  readonly venues: Venues
  readonly book: RunBook
}

/**
 * How far before the last sync the next one begins. A source's column may be wall time without a zone, up to 14 hours
 * away from ours; and a row carries the time at which it was written, which may be hours before its transaction commits:
 * 12 are given to it. What is copied again is found there, and costs no more than that.
 */
const OVERLAP_MS = (14 + 12) * 3_600_000

/** With more new venues than this, one walk through everything is cheaper than a walk for each. */
const NEW_VENUES_MAX = 10

/** Null: all venues. */
export async function planSync(
  options: SyncPlanOptions,
  venue: string | null,
  signal: AbortSignal,
): Promise<readonly RowScope[]> {
  return venue === null ? planAll(options, signal) : planVenue(options, venue)
}

function planVenue({ connector, venues, book }: SyncPlanOptions, venue: string): readonly RowScope[] {
  const last = book.venueSync(connector.name, venue)
  if (last === null) return scopesOf(connector, { venue })
  return [venues.scope(venue), ...changed(connector, last.syncedAtMs, venue)]
}

/**
 * All venues in one walk through each table, not one after the other: rows lie in the order of their own keys, so a walk
 * for each of thousands of venues would read everything thousands of times. What became of the rows of each venue is
 * known from the writes they became.
 */
async function planAll(options: SyncPlanOptions, signal: AbortSignal): Promise<readonly RowScope[]> {
  const { connector, venues, book } = options
  const table = connector.sync.venues.table
  let sinceMs = Number.POSITIVE_INFINITY
  const unsynced: string[] = []
  for await (const page of venues.pages(signal)) {
    for (const { id } of page) {
      const last = book.venueSync(connector.name, id)
      if (last === null) unsynced.push(id)
      else sinceMs = Math.min(sinceMs, last.syncedAtMs)
    }
    if (unsynced.length > NEW_VENUES_MAX) return scopesOf(connector, {})
  }
  if (sinceMs === Number.POSITIVE_INFINITY) return scopesOf(connector, {})
  return [
    { table, from: null, to: null, filters: [] },
    ...changed(connector, sinceMs),
    ...unsynced.flatMap((venue) => scopesOf(connector, { venue })),
  ]
}

function changed(connector: SyncedConnector, sinceMs: number, venue?: string): readonly RowScope[] {
  const changedSince = new Date(sinceMs - OVERLAP_MS).toISOString().replace('Z', '')
  const scopes = scopesOf(connector, { venue, changedSince })
  return scopes.filter(({ table }) => table !== connector.sync.venues.table)
}
