// The administration of imports that come from one account: all of it, what changed, the tables themselves, how they stand.

import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { AuditEntry } from '../core/audit-entry.ts'
import { accountOrder } from '../pipeline/account-order.ts'
import { sameImport } from '../pipeline/import-order.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import { auditView } from './audit-view.ts'
import type { Routes } from './control-server.ts'
import { viewOf } from './run-view.ts'
import { tablesView } from './tables-view.ts'

export interface AdminRoutesOptions {
  readonly desk: RunDesk
  readonly connectors: readonly ReadyConnector[]
  /** Throws what is wrong with the request. */
  readonly check: (given: Omit<OrderGiven, 'by'>) => Promise<void>
  /** Makes tables, or takes them back; the names of the migrations that were carried out. */
  readonly migrate: (direction: 'up' | 'down', by: string) => Promise<readonly string[]>
  /** The newest first. */
  readonly audit: (limit: number) => Promise<readonly AuditEntry[]>
}

const Body = z.strictObject({ data_types: z.array(z.string().max(64)).min(1).optional() }).nullish()
type Body = z.infer<typeof Body>
const MigrationBody = z.strictObject({ direction: z.enum(['up', 'down']).default('up') }).nullish()

const Listing = z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(100) })

export function adminRoutes({ desk, connectors, check, migrate, audit }: AdminRoutesOptions): Routes {
  const order = async (isFoundation: boolean, to: { body: Body; by: string; reply: FastifyReply }) => {
    const given = accountOrder(connectors, { isFoundation, dataTypes: to.body?.data_types ?? null })
    await check(given)
    const run = await desk.order({ ...given, by: to.by }, sameImport(given))
    return to.reply.code(202).header('location', `/v1/sync/${run.order.id}`).send(viewOf(run))
  }
  return (app) => {
    app.post<{ Body: Body }>('/admin/foundation-sync', {
      config: { role: 'admin', about: 'Import all there is; `data_types` names some of it.' },
      schema: { body: Body },
      handler: async ({ body, caller }, reply) => order(true, { body, by: caller?.name ?? '', reply }),
    })

    app.post<{ Body: Body }>('/admin/incremental-sync', {
      config: { role: 'operator', about: 'Import what has changed; `data_types` names some of it.' },
      schema: { body: Body },
      handler: async ({ body, caller }, reply) => order(false, { body, by: caller?.name ?? '', reply }),
    })

    app.post<{ Body: z.infer<typeof MigrationBody> }>('/admin/table-migration', {
      config: {
        role: 'admin',
        about: 'Make the tables that connectors bring along, or with `"direction": "down"` take them back.',
      },
      schema: { body: MigrationBody },
      handler: async ({ body, caller }) => ({
        carried_out: await migrate(body?.direction ?? 'up', caller?.name ?? ''),
      }),
    })

    app.get<{ Querystring: z.infer<typeof Listing> }>('/admin/audit', {
      config: { role: 'admin', about: 'Who did what to imports, the newest first: `?limit=100`, at most 1,000.' },
      schema: { querystring: Listing },
      handler: async ({ query }) => (await audit(query.limit)).map(auditView),
    })

    app.get('/admin/sync-status', {
      config: { role: 'viewer', about: 'How far each imported table has come.' },
      handler: async () => tablesView(connectors, await desk.list()),
    })
  }
}
