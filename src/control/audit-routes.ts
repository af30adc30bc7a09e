// Who did what over HTTP: for whoever may look, for it holds nothing that the runs themselves do not show.

import { z } from 'zod'
import type { AuditBook } from '../pipeline/audit-book.ts'
import { AUDIT_ACTIONS, AuditView, auditPageView } from './audit-view.ts'
import type { Routes } from './control-server.ts'

export interface AuditRoutesOptions {
  readonly book: AuditBook
}

const Listing = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  /** The `next` of the page before. */
  before: z.coerce.number().int().min(1).optional(),
  by: z.string().min(1).max(200).optional(),
  action: z.enum(AUDIT_ACTIONS).optional(),
})

export function auditRoutes({ book }: AuditRoutesOptions): Routes {
  return (app) => {
    app.get<{ Querystring: z.infer<typeof Listing> }>('/api/audit', {
      config: {
        role: 'viewer',
        about:
          'Who ordered or changed what, the newest first: `?by=`, `action=`, `limit=100`, `before=` the last `next`.',
        answer: AuditView,
      },
      schema: { querystring: Listing },
      handler: async ({ query: { before = null, action: what, ...asked } }) =>
        auditPageView(await book.page({ ...asked, before, what })),
    })
  }
}
