// Venues as the console lists them: searched, narrowed to a state, and page by page.

import { z } from 'zod'
import { plainText } from '../pipeline/plain-text.ts'
import type { VenueStanding } from '../pipeline/venue-board.ts'
import { statusView } from './sync-view.ts'

export const VENUE_STATES = ['synced', 'needs_sync', 'syncing'] as const
export type VenueStateName = (typeof VENUE_STATES)[number]

const VenueView = z.object({
  client_id: z.union([z.number(), z.string()]),
  restaurant_name: z.string().nullable(),
  /** When it began: what was in the source by then is in the target. */
  last_sync_at: z.iso.datetime().nullable(),
  last_sync_stats: z.object({ new_customers: z.number(), new_comments: z.number(), errors: z.number() }).nullable(),
  sync_in_progress: z.boolean(),
  state: z.enum(VENUE_STATES),
  /** Why it needs a sync; null where it needs none. */
  why: z.string().nullable(),
})
export type VenueView = z.infer<typeof VenueView>

export const VenuesView = z.object({
  /** All there are, and those that the search and the state leave. */
  total: z.number(),
  matching: z.number(),
  /** Of those that the search leaves. */
  counts: z.object({ synced: z.number(), needs_sync: z.number(), syncing: z.number() }),
  venues: z.array(VenueView),
})
export type VenuesView = z.infer<typeof VenuesView>

export interface VenuesAsked {
  /** Part of the name, or of the number. */
  readonly search: string
  readonly state?: VenueStateName | undefined
  /** Those that were never synced, or longest ago, come first by `last_sync`. */
  readonly sort: 'name' | 'last_sync'
  readonly limit: number
  readonly offset: number
}

/** `standings` come by name. */
export function venuesView(standings: readonly VenueStanding[], asked: VenuesAsked): VenuesView {
  const wanted = plainText(asked.search)
  const found = wanted === '' ? standings : standings.filter(({ venue }) => venue.text.includes(wanted))
  const counts = { synced: 0, needs_sync: 0, syncing: 0 }
  for (const standing of found) counts[stateOf(standing)]++
  const matching = asked.state === undefined ? found : found.filter((one) => stateOf(one) === asked.state)
  const sorted = asked.sort === 'name' ? matching : matching.toSorted(bySync)
  const page = sorted.slice(asked.offset, asked.offset + asked.limit)
  return { total: standings.length, matching: matching.length, counts, venues: page.map(venueView) }
}

function venueView(standing: VenueStanding): VenueView {
  return { ...statusView(standing), state: stateOf(standing), why: standing.isUnderWay ? null : standing.need }
}

function stateOf({ isUnderWay, need }: VenueStanding): VenueStateName {
  if (isUnderWay) return 'syncing'
  return need === null ? 'synced' : 'needs_sync'
}

function bySync({ last: one }: VenueStanding, { last: other }: VenueStanding): number {
  return (one?.syncedAtMs ?? 0) - (other?.syncedAtMs ?? 0)
}
