// Conflicts over HTTP: list them, and see both versions of one.

import type { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import type { ConflictBook } from '../pipeline/conflict-book.ts'
import { ConflictId, ConflictQuery, conflictAsked } from './conflict-orders.ts'
import { conflictDetailView, conflictListView } from './conflict-view.ts'
import type { Routes } from './control-server.ts'

export interface ConflictRoutesOptions {
  readonly book: ConflictBook
  readonly connectors: readonly Connector[]
}

export function conflictRoutes({ book, connectors }: ConflictRoutesOptions): Routes {
  return (app) => {
    app.get<{ Querystring: z.infer<typeof ConflictQuery> }>('/api/conflicts', {
      config: { role: 'viewer', about: 'Conflicts of both sides, the newest first, and whose version counts.' },
      schema: { querystring: ConflictQuery },
      handler: async ({ query: { limit, ...asked } }) => {
        const about = conflictAsked(connectors, asked)
        await book.refresh()
        return conflictListView(book.list(about), limit)
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
  }
}
