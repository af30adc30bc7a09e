// Syncs over HTTP: order one for a venue or for all of them, and see how they are doing.

import { z } from 'zod'
import type { SyncDesk } from '../pipeline/sync-desk.ts'
import { ClientId } from './client-id.ts'
import type { Routes } from './control-server.ts'
import { jobView, statusView } from './sync-view.ts'

export interface SyncRoutesOptions {
  readonly syncDesk: SyncDesk
}

/** There is nothing to say about a sync but whose it is. */
const NoBody = z.strictObject({}).nullish()
const ForVenue = z.strictObject({ client_id: ClientId })
const Asked = z.strictObject({ id: z.union([ClientId, z.uuid()], 'is neither a client_id nor a job_id') })
const History = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(10) })

export function syncRoutes({ syncDesk }: SyncRoutesOptions): Routes {
  return (app) => {
    app.post('/api/sync/all', {
      config: { role: 'operator', about: 'Sync all venues; answers the job under way where there is one.' },
      schema: { body: NoBody },
      handler: async ({ caller }, reply) => {
        const run = await syncDesk.order(null, caller?.name ?? '')
        return reply.code(202).header('location', statusAt(run.order.id)).send({ job_id: run.order.id })
      },
    })

    app.post<{ Params: z.infer<typeof ForVenue> }>('/api/sync/:client_id', {
      config: { role: 'operator', about: 'Sync one venue; answers the job under way where there is one.' },
      schema: { params: ForVenue, body: NoBody },
      handler: async ({ params, caller }, reply) => {
        const run = await syncDesk.order(params.client_id, caller?.name ?? '')
        return reply.code(202).header('location', statusAt(run.order.id)).send({ job_id: run.order.id })
      },
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
