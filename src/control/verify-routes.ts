// Verifications over HTTP: order one, read what it found, and see up to when venues are known to agree.

import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import { type DifferencesPlace, differencesOf } from '../pipeline/differences.ts'
import { verifiedThrough } from '../pipeline/mark-verified.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import { ClientId } from './client-id.ts'
import type { Routes } from './control-server.ts'
import { VerifyBody, verifyOrder } from './run-orders.ts'
import { viewOf } from './run-view.ts'
import { verificationView, verifiedView } from './verify-view.ts'

export interface VerifyRoutesOptions {
  readonly desk: RunDesk
  readonly connectors: readonly ReadyConnector[]
  readonly place: DifferencesPlace
}

const Id = z.strictObject({ id: z.uuid('is no id of a run') })
const Listing = z.strictObject({
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  /** The `next` of the page before. */
  after: z
    .string()
    .regex(/^\d{1,15}@[0-9a-f]{16}$/u, 'is no `next` of a page')
    .optional(),
})
const Marks = z.strictObject({ venue: ClientId.optional() })

export function verifyRoutes({ desk, connectors, place }: VerifyRoutesOptions): Routes {
  return (app) => {
    app.post<{ Body: z.infer<typeof VerifyBody> }>('/api/verify', {
      config: { role: 'operator', about: 'Order a verification, with repair where that is asked for.' },
      schema: { body: VerifyBody },
      handler: async ({ body, caller }, reply) => {
        const run = await desk.order({ ...verifyOrder(connectors, body), by: caller?.name ?? '' })
        return reply.code(202).header('location', `/api/verify/${run.order.id}`).send(viewOf(run))
      },
    })

    app.get<{ Querystring: z.infer<typeof Marks> }>('/api/verify', {
      config: {
        role: 'viewer',
        about: 'Up to when venues are known to agree: all marks, or what holds for one venue.',
      },
      schema: { querystring: Marks },
      handler: async ({ query: { venue } }) => {
        const marks = await Promise.all(connectors.map(({ connector }) => desk.verified(connector.name)))
        if (venue === undefined) return marks.flat().map(verifiedView)
        return marks.flatMap((ofOne) => verifiedThrough(ofOne, venue) ?? []).map(verifiedView)
      },
    })

    app.get<{ Params: z.infer<typeof Id>; Querystring: z.infer<typeof Listing> }>('/api/verify/:id', {
      config: {
        role: 'viewer',
        about: 'One verification, and the differences it has found: `?limit=100`, `after=` the last `next`.',
      },
      schema: { params: Id, querystring: Listing },
      handler: async ({ params: { id }, query }) => {
        const run = await desk.find(id)
        if (run.order.kind !== 'verify')
          throw new MillraceError('RUN_UNKNOWN', `the run ${id} is no verification but a ${run.order.kind}`)
        return verificationView(run, await differencesOf(place, id), query)
      },
    })
  }
}
