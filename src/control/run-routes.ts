// Runs over HTTP: order one, watch it, change its limits, pause, resume or cancel it.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { RUN_KINDS } from '../core/run.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { LogPlace } from '../pipeline/replay-scope.ts'
import type { OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import { askForecast, type Forecasting } from './ask-forecast.ts'
import type { Routes } from './control-server.ts'
import { errorAnswer } from './error-answer.ts'
import { eventHeaders } from './event-headers.ts'
import { BackfillBody, backfillOrder, LimitsBody, limitsOf, ReplayBody, replayOrder } from './run-orders.ts'
import { viewOf } from './run-view.ts'

export interface RunRoutesOptions {
  readonly desk: RunDesk
  readonly connectors: readonly ReadyConnector[]
  readonly clock: Clock
  readonly place: LogPlace
  readonly forecast: Forecasting
}

const Patch = z
  .strictObject({ state: z.enum(['paused', 'running']).optional(), limits: LimitsBody.optional() })
  .refine(({ state, limits }) => state !== undefined || limits !== undefined, 'say what to change: state or limits')

const Id = z.strictObject({ id: z.uuid('is no id of a run') })
const Listing = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  state: z.enum(['queued', 'running', 'paused', 'done', 'failed', 'cancelled']).optional(),
  kind: z.enum(RUN_KINDS).optional(),
  connector: z.string().min(1).max(100).optional(),
  /** The `ordered_at` of the last one of the page before. */
  before: z.iso.datetime({ offset: true, message: 'is no moment like 2026-01-31T12:00:00Z' }).optional(),
})

const EVENT_EVERY_MS = 500

export function runRoutes({ desk, connectors, clock, place, forecast }: RunRoutesOptions): Routes {
  const answer = async (given: Omit<OrderGiven, 'by'>, to: { isDry: boolean; by: string; reply: FastifyReply }) => {
    const { isDry, by, reply } = to
    if (isDry) return askForecast(forecast, given)
    const run = await desk.order({ ...given, by })
    return reply.code(202).header('location', `/api/runs/${run.order.id}`).send(viewOf(run))
  }
  return (app) => {
    app.post<{ Body: z.infer<typeof BackfillBody> }>('/api/backfills', {
      config: { role: 'operator', about: 'Order a backfill: copy rows of the source as they are now.' },
      schema: { body: BackfillBody },
      handler: async ({ body, caller }, reply) => {
        return answer(backfillOrder(connectors, body), { isDry: body.dry_run, by: caller?.name ?? '', reply })
      },
    })

    app.post<{ Body: z.infer<typeof ReplayBody> }>('/api/replays', {
      config: { role: 'operator', about: 'Order a replay: give records of the log to the target once more.' },
      schema: { body: ReplayBody },
      handler: async ({ body, caller }, reply) => {
        const given = await replayOrder(connectors, body, place)
        return answer(given, { isDry: body.dry_run, by: caller?.name ?? '', reply })
      },
    })

    app.get<{ Querystring: z.infer<typeof Listing> }>('/api/runs', {
      config: {
        role: 'viewer',
        about:
          'Runs, the newest first: `?kind=`, `state=`, `connector=`, `limit=100`, `before=` the last `ordered_at`.',
      },
      schema: { querystring: Listing },
      handler: async ({ query }) => {
        const { before, ...asked } = query
        const beforeMs = before === undefined ? Number.POSITIVE_INFINITY : Date.parse(before)
        return (await desk.page({ ...asked, beforeMs })).map(viewOf)
      },
    })

    app.get<{ Params: z.infer<typeof Id> }>('/api/runs/:id', {
      config: { role: 'viewer', about: 'One run.' },
      schema: { params: Id },
      handler: async ({ params }) => viewOf(await desk.find(params.id)),
    })

    app.patch<{ Params: z.infer<typeof Id>; Body: z.infer<typeof Patch> }>('/api/runs/:id', {
      config: { role: 'operator', about: 'Pause or resume a run, also one that failed; change its limits.' },
      schema: { params: Id, body: Patch },
      handler: async ({ params, body: { state, limits }, caller }) => {
        const given = { by: caller?.name ?? '', ...(state === undefined ? {} : { wanted: state }) }
        return viewOf(await desk.amend(params.id, { ...given, ...(limits && { limits: limitsOf(limits) }) }))
      },
    })

    app.delete<{ Params: z.infer<typeof Id> }>('/api/runs/:id', {
      config: { role: 'operator', about: 'Cancel a run; what it has done stays.' },
      schema: { params: Id },
      handler: async ({ params, caller }) => {
        return viewOf(await desk.amend(params.id, { by: caller?.name ?? '', wanted: 'cancelled' }))
      },
    })

    app.get<{ Params: z.infer<typeof Id> }>('/api/runs/:id/events', {
      config: { role: 'viewer', isStream: true, about: 'Progress of a run as server-sent events, until it ends.' },
      schema: { params: Id },
      handler: (request, reply) => stream({ desk, clock, id: request.params.id }, request, reply),
    })
  }
}

/** One event for each change; the connection closes behind the last. */
async function stream(
  { desk, clock, id }: Pick<RunRoutesOptions, 'desk' | 'clock'> & { readonly id: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  let view = viewOf(await desk.find(id))
  const gone = new AbortController()
  request.raw.socket.once('close', () => gone.abort())
  reply.hijack()
  reply.raw.writeHead(200, eventHeaders(reply))
  try {
    for (let told = ''; ; view = viewOf(await desk.find(id))) {
      const text = JSON.stringify(view)
      if (text !== told) reply.raw.write(`event: progress\ndata: ${text}\n\n`)
      told = text
      if (view.ended_at !== null && view.state !== 'queued') break
      await clock.sleep(EVENT_EVERY_MS, gone.signal)
      if (gone.signal.aborted) return
    }
  } catch (error) {
    // The answer has begun: all that is left is to tell it as an event.
    reply.raw.write(`event: error\ndata: ${JSON.stringify(errorAnswer(error).body)}\n\n`)
  }
  reply.raw.end()
}
