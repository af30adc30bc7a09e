// The venues, for a page that lists thousands of them.

import { z } from 'zod'
import type { VenueBoard } from '../pipeline/venue-board.ts'
import type { Routes } from './control-server.ts'
import { VENUE_STATES, VenuesView, venuesView } from './venues-view.ts'

export interface VenuesRoutesOptions {
  readonly board: VenueBoard
}

const Listing = z.strictObject({
  search: z.string().max(200).default(''),
  state: z.enum(VENUE_STATES).optional(),
  sort: z.enum(['name', 'last_sync']).default('name'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
})

export function venuesRoutes({ board }: VenuesRoutesOptions): Routes {
  return (app) => {
    app.get<{ Querystring: z.infer<typeof Listing> }>('/api/venues', {
      config: {
        role: 'viewer',
        about: 'Venues and whether they need a sync: `?search=`, `state=`, `sort=name`, `limit=50`, `offset=0`.',
        answer: VenuesView,
      },
      schema: { querystring: Listing },
      handler: async ({ query }) => venuesView(await board.standings(), query),
    })
  }
}
