// How everything flows just now: asked once, or followed.

import type { Clock } from '../pipeline/clock.ts'
import type { Routes } from './control-server.ts'
import { eventHeaders } from './event-headers.ts'
import type { FlowFeed } from './flow-feed.ts'
import { FlowView } from './flow-view.ts'

export interface FlowRoutesOptions {
  readonly feed: FlowFeed
  readonly clock: Clock
}

export function flowRoutes({ feed, clock }: FlowRoutesOptions): Routes {
  return (app) => {
    app.get('/api/flow', {
      config: { role: 'viewer', about: 'How everything flows just now, and what is wrong.', answer: FlowView },
      handler: () => feed.view(),
    })

    app.get('/api/flow/events', {
      config: {
        role: 'viewer',
        isStream: true,
        about: 'The same as server-sent events, as often as something has changed.',
      },
      handler: async ({ raw, caller }, reply) => {
        const gone = new AbortController()
        raw.socket.once('close', () => gone.abort())
        const left = caller?.untilMs == null ? null : AbortSignal.timeout(Math.max(0, caller.untilMs - clock.nowMs()))
        reply.hijack()
        reply.raw.writeHead(200, eventHeaders(reply))
        await feed.listen(reply.raw, left === null ? gone.signal : AbortSignal.any([gone.signal, left]))
        reply.raw.end()
      },
    })
  }
}
