// Imports over HTTP: start one, see what became of it.

import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../pipeline/clock.ts'
import { importOrder, sameImport } from '../pipeline/import-order.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { resumeImports } from '../pipeline/resume-imports.ts'
import { rollbackOrder, takenBackBy } from '../pipeline/rollback.ts'
import type { RunBook } from '../pipeline/run-book.ts'
import type { OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import { askForecast, type Forecasting } from './ask-forecast.ts'
import type { Routes } from './control-server.ts'
import { RollbackBody } from './rollback-body.ts'
import { viewOf } from './run-view.ts'
import { statsView } from './stats-view.ts'
import { TriggerBody, wantedBy } from './trigger-body.ts'

export interface ImportRoutesOptions {
  readonly desk: RunDesk
  readonly connectors: readonly ReadyConnector[]
  /** Throws what is wrong with the request. */
  readonly check: (given: Omit<OrderGiven, 'by'>) => Promise<void>
  readonly book: RunBook
  readonly seal: (secret: string) => string
  readonly forecast: Forecasting
  readonly clock: Clock
  /** What taking a run back would do. */
  readonly dryRollback: (run: string) => Promise<object>
}

const Id = z.strictObject({ id: z.uuid('is no id of a run') })

export function importRoutes(options: ImportRoutesOptions): Routes {
  const { desk, book, seal, clock, forecast, connectors, check, dryRollback } = options
  return (app) => {
    app.post<{ Body: z.infer<typeof TriggerBody> }>('/v1/sync/trigger', {
      config: { role: 'operator', about: 'Import a file; the same file that is being imported is the same run.' },
      schema: { body: TriggerBody },
      handler: async ({ body, caller }, reply: FastifyReply) => {
        const given = importOrder(connectors, wantedBy(body, seal))
        if (body.dry_run) return askForecast(forecast, given)
        await check(given)
        const run = await desk.order({ ...given, by: caller?.name ?? '' }, sameImport(given))
        return reply.code(202).header('location', `/v1/sync/${run.order.id}`).send(viewOf(run))
      },
    })

    app.post<{ Params: z.infer<typeof Id>; Body: z.infer<typeof RollbackBody> }>('/admin/rollback/:id', {
      config: {
        role: 'admin',
        about: 'Take an import back: rows that are still as it left them; takes `"dry_run": true`.',
      },
      schema: { params: Id, body: RollbackBody },
      handler: async ({ params: { id: run }, body, caller }, reply) => {
        await book.refresh()
        const given = rollbackOrder(book, { run, why: body.reason })
        if (body.dry_run) return dryRollback(run)
        const order = await desk.order({ ...given, by: caller?.name ?? '' }, (runs) => takenBackBy(runs, run))
        return reply.code(202).header('location', `/v1/sync/${order.order.id}`).send(viewOf(order))
      },
    })

    app.post('/v1/sync/resume', {
      config: { role: 'operator', about: 'Let imports that failed or wait go on.' },
      handler: async ({ caller }) => (await resumeImports(desk, caller?.name ?? '')).map(viewOf),
    })

    app.get('/v1/sync/stats', {
      config: { role: 'viewer', about: 'How imports have gone, in all and of late.' },
      handler: async () => statsView(await desk.list(), clock.nowMs()),
    })

    app.get<{ Params: z.infer<typeof Id> }>('/v1/sync/:id', {
      config: { role: 'viewer', about: 'One import.' },
      schema: { params: Id },
      handler: async ({ params }) => viewOf(await desk.find(params.id)),
    })
  }
}
