// What a request about conflicts may hold; the same over HTTP and on the command line.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { SIDES } from '../core/contested.ts'
import { CONFLICT_KINDS, CONFLICT_STATES, type ConflictAsked } from '../pipeline/conflict-book.ts'
import { namedConnector } from './run-orders.ts'

export const ConflictId = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/u, 'is no id of a conflict: 16 digits from 0 to 9 and a to f'),
})
export const ResolveBody = z.strictObject({
  take: z.enum(SIDES),
  note: z.string().trim().max(1_000).default(''),
  dry_run: z.boolean().default(false),
})
export const ConflictQuery = z.strictObject({
  connector: z.string().min(1).max(100).optional(),
  kind: z.enum(CONFLICT_KINDS).optional(),
  state: z.enum(CONFLICT_STATES).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  /** The `next` of the page before. */
  before: z
    .string()
    .regex(/^\d{1,15}@[0-9a-f]{16}$/u, 'is no `next` of a page of conflicts')
    .optional(),
})

/** Throws SCOPE_INVALID for a connector that there is not. */
export function conflictAsked(
  connectors: readonly Connector[],
  { connector, kind, state }: Pick<z.infer<typeof ConflictQuery>, 'connector' | 'kind' | 'state'>,
): ConflictAsked {
  if (connector !== undefined) namedConnector(connectors, connector)
  return { connector, kind, state }
}
