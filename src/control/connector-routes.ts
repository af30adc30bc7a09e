// The connectors that run here, over HTTP: what a person who orders a run has to choose from.

import { z } from 'zod'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { ConnectorView, connectorView } from './connector-view.ts'
import type { Routes } from './control-server.ts'
import { namedReady } from './run-orders.ts'

export interface ConnectorRoutesOptions {
  readonly connectors: readonly ReadyConnector[]
}

const Named = z.strictObject({ name: z.string().min(1).max(100) })

export function connectorRoutes({ connectors }: ConnectorRoutesOptions): Routes {
  return (app) => {
    app.get('/api/connectors', {
      config: {
        role: 'viewer',
        about: 'All connectors: their tables and targets, and what runs may be narrowed down by.',
        answer: z.array(ConnectorView),
      },
      handler: async () => connectors.map(connectorView),
    })

    app.get<{ Params: z.infer<typeof Named> }>('/api/connectors/:name', {
      config: { role: 'viewer', about: 'One connector.', answer: ConnectorView },
      schema: { params: Named },
      handler: async ({ params }) => connectorView(namedReady(connectors, params.name)),
    })
  }
}
