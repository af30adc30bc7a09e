// Dead letters over HTTP: list them, read one, retry them as a run, drop them.

import type { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import type { DeadLetters } from '../pipeline/dead-letters.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import { askForecast, type Forecasting } from './ask-forecast.ts'
import type { Routes } from './control-server.ts'
import {
  DeadId,
  DeadQuery,
  DropBody,
  deadFilter,
  dropLetters,
  orderRetry,
  RetryBody,
  retryOrder,
} from './dead-orders.ts'
import { letterView, listView } from './dead-view.ts'
import { viewOf } from './run-view.ts'

export interface DeadRoutesOptions {
  readonly desk: RunDesk
  readonly letters: DeadLetters
  readonly connectors: readonly Connector[]
  /** The source's, which names the topics. */
  readonly database: string
  readonly forecast: Forecasting
}

export function deadRoutes({ desk, letters, connectors, database, forecast }: DeadRoutesOptions): Routes {
  return (app) => {
    app.get<{ Querystring: z.infer<typeof DeadQuery> }>('/api/dead', {
      config: { role: 'viewer', about: 'Dead letters, the newest first, and how many there are for each reason.' },
      schema: { querystring: DeadQuery },
      handler: async ({ query: { limit, before, ...asked } }) =>
        listView(await letters.list(deadFilter(connectors, database, asked), { limit, before })),
    })

    app.get<{ Params: z.infer<typeof DeadId> }>('/api/dead/:id', {
      config: { role: 'viewer', about: 'One dead letter, with its row.' },
      schema: { params: DeadId },
      handler: async ({ params }) => letterView(await letters.find(params.id)),
    })

    app.post<{ Body: z.infer<typeof RetryBody> }>('/api/dead/retry', {
      config: { role: 'operator', about: 'Retry dead letters, as a run.' },
      schema: { body: RetryBody },
      handler: async ({ body, caller }, reply) => {
        if (body.dry_run) return askForecast(forecast, await retryOrder({ connectors, letters }, body))
        const run = await orderRetry({ connectors, letters, desk }, body, caller?.name ?? '')
        return reply.code(202).header('location', `/api/runs/${run.order.id}`).send(viewOf(run))
      },
    })

    app.post<{ Body: z.infer<typeof DropBody> }>('/api/dead/drop', {
      config: { role: 'operator', about: 'Give dead letters up, with a note.' },
      schema: { body: DropBody },
      handler: ({ body, caller }) => dropLetters(letters, body, caller?.name ?? ''),
    })
  }
}
