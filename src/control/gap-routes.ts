// Gaps over HTTP: list them, and order the repair of one or of all that are open.

import type { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import type { GapDesk } from '../pipeline/gap-desk.ts'
import { askForecast, type Forecasting } from './ask-forecast.ts'
import type { Routes } from './control-server.ts'
import { RepairBody, repairAsked } from './gap-orders.ts'
import { gapView } from './gap-view.ts'
import { viewOf } from './run-view.ts'

export interface GapRoutesOptions {
  readonly forecast: Forecasting
  readonly gapDesk: GapDesk
  readonly connectors: readonly Connector[]
}

export function gapRoutes({ gapDesk, connectors, forecast }: GapRoutesOptions): Routes {
  return (app) => {
    app.get('/api/gaps', {
      config: { role: 'viewer', about: 'All gaps, the newest first, and for which connectors each is still open.' },
      handler: async () => (await gapDesk.list()).map(gapView),
    })

    app.post<{ Body: z.infer<typeof RepairBody> }>('/api/gaps/repair', {
      config: { role: 'operator', about: 'Repair a gap, or all that are open; the run under way where there is one.' },
      schema: { body: RepairBody },
      handler: async ({ body, caller }, reply) => {
        const asked = repairAsked(connectors, body)
        if (body.dry_run) return askForecast(forecast, await gapDesk.plan(asked))
        const run = await gapDesk.order(asked, caller?.name ?? '')
        return reply.code(202).header('location', `/api/runs/${run.order.id}`).send(viewOf(run))
      },
    })
  }
}
