// What a request about dead letters may hold, and the filter or order it becomes; the same over HTTP and on the command
// line.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { type DeadFilter, deadLetterKey } from '../core/dead-letter.ts'
import { MillraceError } from '../core/errors.ts'
import { NO_LIMITS } from '../core/run.ts'
import { tableTopic } from '../core/topic.ts'
import type { DeadLetters } from '../pipeline/dead-letters.ts'
import type { Run } from '../pipeline/run-book.ts'
import type { OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import { namedTable } from '../pipeline/run-scope.ts'
import { namedConnector } from './run-orders.ts'

const ID = '[a-z][a-z0-9-]*:[^\\s/]{1,120}:\\d{1,16}'
const Id = z
  .string()
  .regex(new RegExp(`^${ID}$`, 'u'), 'is no id of a dead letter')
  .max(300)
const Place = z
  .string()
  .regex(new RegExp(`^\\d{1,15}@${ID}$`, 'u'), 'is no `next` of a page of dead letters')
  .max(320)
const Ids = z.array(Id).min(1).max(1_000)
const Name = z.string().min(1).max(100)
const Reason = z.string().min(1).max(1_000)

export const DeadId = z.strictObject({ id: Id })
export const DeadQuery = z.strictObject({
  connector: Name.optional(),
  table: Name.optional(),
  reason: Reason.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  /** The `next` of the page before. */
  before: Place.optional(),
})
export const RetryBody = z.strictObject({
  connector: Name,
  ids: Ids.optional(),
  table: Name.optional(),
  reason: Reason.optional(),
  dry_run: z.boolean().default(false),
})
export const DropBody = z.strictObject({
  ids: Ids,
  note: z.string().trim().min(1, 'say why they are given up').max(1_000),
  dry_run: z.boolean().default(false),
})

export interface DeadAsked {
  readonly connector?: string | undefined
  readonly table?: string | undefined
  readonly reason?: string | undefined
}

/** Of all tables of these connectors; throws SCOPE_INVALID for a name that there is not. */
export function deadFilter(connectors: readonly Connector[], database: string, asked: DeadAsked): DeadFilter {
  const { connector, table, reason } = asked
  const named = connector === undefined ? connectors : [namedConnector(connectors, connector)]
  if (table === undefined) return { connector, reason }
  const owners = named.filter(({ tables }) => Object.hasOwn(tables, table))
  if (owners.length === 0 && named[0] !== undefined) namedTable(named[0], table)
  return { connector, reason, topics: owners.map((owner) => tableTopic(owner, database, table)) }
}

export interface RetryOptions {
  readonly connectors: readonly Connector[]
  readonly letters: DeadLetters
  readonly desk: RunDesk
}

/** What is to be retried; throws where it names what there is not. */
export async function retryOrder(
  { connectors, letters }: Pick<RetryOptions, 'connectors' | 'letters'>,
  { connector: name, ids, table, reason }: z.infer<typeof RetryBody>,
): Promise<Omit<OrderGiven, 'by'>> {
  const connector = namedConnector(connectors, name)
  if (ids !== undefined && (table !== undefined || reason !== undefined)) {
    throw new MillraceError('SCOPE_INVALID', 'ids say which letters are meant: leave out table and reason')
  }
  if (table !== undefined) namedTable(connector, table)
  const others = (ids ?? []).filter((id) => !id.startsWith(`${connector.name}:`))
  if (others.length > 0) throw new MillraceError('SCOPE_INVALID', `${others[0]} is not of the connector ${name}`)
  if (ids !== undefined) await letters.all(ids)
  const scope = JSON.stringify({ ids, table, reason })
  return { kind: 'retry', connector: connector.name, scope, limits: NO_LIMITS }
}

/** The run that retries them, new or already under way for just the same. */
export async function orderRetry(options: RetryOptions, body: z.infer<typeof RetryBody>, by: string): Promise<Run> {
  const given = await retryOrder(options, body)
  const isSame = ({ order }: Run) =>
    order.kind === given.kind && order.connector === given.connector && order.scope === given.scope
  return options.desk.order({ ...given, by }, (runs) => runs.find(isSame) ?? null)
}

/** The ids of letters that were dropped, or would be. */
export async function dropLetters(
  letters: DeadLetters,
  { ids, note, dry_run }: z.infer<typeof DropBody>,
  by: string,
): Promise<object> {
  if (dry_run) return { dry_run, would_drop: (await letters.all(ids)).map(deadLetterKey) }
  return { dropped: (await letters.drop(ids, { note, by })).map(deadLetterKey) }
}
