// Conflicts over HTTP: list them, see both versions of one, and say whose counts.

import type { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import type { ConflictBook } from '../pipeline/conflict-book.ts'
import type { ConflictDesk } from '../pipeline/conflict-desk.ts'
import { askForecast, type Forecasting } from './ask-forecast.ts'
import { ConflictId, ConflictQuery, conflictAsked, ResolveBody } from './conflict-orders.ts'
import { conflictDetailView, conflictListView } from './conflict-view.ts'
import type { Routes } from './control-server.ts'
import { viewOf } from './run-view.ts'

export interface ConflictRoutesOptions {
  readonly book: ConflictBook
  readonly connectors: readonly Connector[]
  readonly conflictDesk: ConflictDesk
  readonly forecast: Forecasting
}

export function conflictRoutes({ book, connectors, conflictDesk, forecast }: ConflictRoutesOptions): Routes {
  return (app) => {
    app.get<{ Querystring: z.infer<typeof ConflictQuery> }>('/api/conflicts', {
      config: { role: 'viewer', about: 'Conflicts of both sides, the newest first, and whose version counts.' },
      schema: { querystring: ConflictQuery },
      handler: async ({ query: { limit, before, ...asked } }) => {
        const about = conflictAsked(connectors, asked)
        await book.refresh()
        return conflictListView(book.list(about), { limit, before })
      },
    })

    app.get<{ Params: z.infer<typeof ConflictId> }>('/api/conflicts/:id', {
      config: { role: 'viewer', about: 'One conflict, with both versions field by field.' },
      schema: { params: ConflictId },
      handler: async ({ params: { id } }) => {
        await book.refresh()
        const known = book.get(id)
        return conflictDetailView(known, await book.findings(id))
      },
    })

    app.post<{ Params: z.infer<typeof ConflictId>; Body: z.infer<typeof ResolveBody> }>('/api/conflicts/:id/resolve', {
      config: { role: 'operator', about: 'Take the version of one side, and write it to the other, as a run.' },
      schema: { params: ConflictId, body: ResolveBody },
      handler: async ({ params: { id }, body: { take, note, dry_run }, caller }, reply) => {
        const asked = { id, take, note }
        if (dry_run) return askForecast(forecast, await conflictDesk.plan(asked))
        const run = await conflictDesk.order(asked, caller?.name ?? '')
        return reply.code(202).header('location', `/api/runs/${run.order.id}`).send(viewOf(run))
      },
    })
  }
}
