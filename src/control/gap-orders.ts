// What a request for a repair may hold, and what it asks for; the same over HTTP and on the command line.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import type { RepairAsked } from '../pipeline/gap-desk.ts'
import { LimitsBody, limitsOf, namedConnector } from './run-orders.ts'

export const RepairBody = z.strictObject({
  /** It may be left out where there is but one. */
  connector: z.string().min(1).max(100).optional(),
  gap: z.string().min(1).max(10_000).optional(),
  limits: LimitsBody.default({}),
  dry_run: z.boolean().default(false),
})

export function repairAsked(
  connectors: readonly Connector[],
  { connector, gap, limits }: z.infer<typeof RepairBody>,
): RepairAsked {
  const name = connector ?? (connectors.length === 1 ? connectors[0]?.name : undefined)
  if (name !== undefined) return { connector: namedConnector(connectors, name).name, gap, limits: limitsOf(limits) }
  const names = connectors.map((one) => one.name).join(' or ')
  throw new MillraceError('SCOPE_INVALID', `name the connector: ${names}`)
}
