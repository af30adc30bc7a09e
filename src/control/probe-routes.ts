// What machines ask: is the process alive, is it ready, what do its metrics say.

import type { Metrics } from '../observe/metrics.ts'
import type { Routes } from './control-server.ts'
import type { Readiness } from './readiness.ts'

export interface ProbeOptions {
  readonly metrics: Metrics
  readonly readiness: () => Promise<Readiness>
}

export function probeRoutes({ metrics, readiness }: ProbeOptions): Routes {
  return (app) => {
    app.get('/health/live', {
      config: { role: null, about: 'The process answers.' },
      handler: () => ({ live: true, uptime_s: Math.round(process.uptime()) }),
    })

    app.get('/health/ready', {
      config: {
        role: null,
        about: 'Caught up or making progress: 200, else 503; to a viewer also what is in the way.',
      },
      handler: async (request, reply) => {
        const { ready, why, parts } = await readiness()
        return reply.code(ready ? 200 : 503).send(request.caller === null ? { ready } : { ready, why, parts })
      },
    })

    app.get('/metrics', {
      config: { role: 'viewer', about: 'Prometheus metrics.' },
      handler: async (_request, reply) => {
        metrics.ready.set((await readiness()).ready ? 1 : 0)
        return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
      },
    })
  }
}
