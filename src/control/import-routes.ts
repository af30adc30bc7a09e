// Imports over HTTP: start one, see what became of it.

import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { importOrder, sameImport } from '../pipeline/import-order.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import type { Routes } from './control-server.ts'
import { viewOf } from './run-view.ts'
import { TriggerBody, wantedBy } from './trigger-body.ts'

export interface ImportRoutesOptions {
  readonly desk: RunDesk
  readonly connectors: readonly ReadyConnector[]
  /** Throws what is wrong with the request. */
  readonly check: (given: Omit<OrderGiven, 'by'>) => Promise<void>
}

const Id = z.strictObject({ id: z.uuid('is no id of a run') })

export function importRoutes({ desk, connectors, check }: ImportRoutesOptions): Routes {
  return (app) => {
    app.post<{ Body: z.infer<typeof TriggerBody> }>('/v1/sync/trigger', {
      config: { role: 'operator', about: 'Import a file; the same file that is being imported is the same run.' },
      schema: { body: TriggerBody },
      handler: async ({ body, caller }, reply: FastifyReply) => {
        const given = importOrder(connectors, wantedBy(body))
        await check(given)
        const run = await desk.order({ ...given, by: caller?.name ?? '' }, sameImport(given))
        return reply.code(202).header('location', `/v1/sync/${run.order.id}`).send(viewOf(run))
      },
    })

    app.get<{ Params: z.infer<typeof Id> }>('/v1/sync/:id', {
      config: { role: 'viewer', about: 'One import.' },
      schema: { params: Id },
      handler: async ({ params }) => viewOf(await desk.find(params.id)),
    })
  }
}
