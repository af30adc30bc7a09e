// Syncs over HTTP: order one for a venue or for all of them, and see how they are doing.

import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { SyncDesk } from '../pipeline/sync-desk.ts'
import { askForecast, type Forecasting } from './ask-forecast.ts'
import { ClientId } from './client-id.ts'
import type { Routes } from './control-server.ts'
import { jobView, statusView } from './sync-view.ts'

export interface SyncRoutesOptions {
  readonly syncDesk: SyncDesk
  readonly forecast: Forecasting
}

/** There is nothing to say about a sync but whose it is, and it need not be said. */
const SyncBody = z.strictObject({ dry_run: z.boolean().default(false) }).nullish()
type SyncBody = z.infer<typeof SyncBody>
const ForVenue = z.strictObject({ client_id: ClientId })
const Asked = z.strictObject({ id: z.union([ClientId, z.uuid()], 'is neither a client_id nor a job_id') })
const History = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(10) })

export function syncRoutes({ syncDesk, forecast }: SyncRoutesOptions): Routes {
  const answer = async (venue: string | null, to: { body: SyncBody; by: string; reply: FastifyReply }) => {
    const { body, by, reply } = to
    if (body?.dry_run) return askForecast(forecast, await syncDesk.given(venue))
    const run = await syncDesk.order(venue, by)
    return reply.code(202).header('location', statusAt(run.order.id)).send({ job_id: run.order.id })
  }
  return (app) => {
    app.post<{ Body: SyncBody }>('/api/sync/all', {
      config: { role: 'operator', about: 'Sync all venues; answers the job under way where there is one.' },
      schema: { body: SyncBody },
      handler: async ({ body, caller }, reply) => answer(null, { body, by: caller?.name ?? '', reply }),
    })

    app.post<{ Params: z.infer<typeof ForVenue>; Body: SyncBody }>('/api/sync/:client_id', {
      config: { role: 'operator', about: 'Sync one venue; answers the job under way where there is one.' },
      schema: { params: ForVenue, body: SyncBody },
      handler: async ({ params, body, caller }, reply) =>
        answer(params.client_id, { body, by: caller?.name ?? '', reply }),
    })

    app.get('/api/sync/status', {
      config: { role: 'viewer', about: 'All venues and their last syncs.' },
      handler: async () => (await syncDesk.states()).map(statusView),
    })

    app.get<{ Params: z.infer<typeof Asked> }>('/api/sync/status/:id', {
      config: { role: 'viewer', about: 'One venue by its client_id, or one sync by its job_id.' },
      schema: { params: Asked },
      handler: async ({ params: { id } }) => {
        const isVenue = ClientId.safeParse(id).success
        return isVenue ? statusView(await syncDesk.state(id)) : jobView(await syncDesk.job(id))
      },
    })

    app.get<{ Querystring: z.infer<typeof History> }>('/api/sync/history', {
      config: { role: 'viewer', about: 'Syncs and their results, the newest first.' },
      schema: { querystring: History },
      handler: async ({ query }) => (await syncDesk.history(query.limit)).map(jobView),
    })
  }
}

function statusAt(id: string): string {
  return `/api/sync/status/${id}`
}
