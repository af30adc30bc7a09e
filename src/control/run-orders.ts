// What a request for a run may hold, and the order it becomes; the same over HTTP and on the command line.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { type Limits, NO_LIMITS } from '../core/run.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { checkFilter } from '../pipeline/replay-filter.ts'
import { type LogPlace, type ReplayScope, rangesOf } from '../pipeline/replay-scope.ts'
import type { OrderGiven } from '../pipeline/run-desk.ts'
import { scopesOf } from '../pipeline/run-scope.ts'
import type { VerifyScope } from '../pipeline/verify-scope.ts'

const Value = z.union([z.string().max(1_000), z.number()])
const Key = z.union([Value, z.array(Value).min(1).max(16)])
const perSecond = z.number().positive().max(10_000_000).nullable()

export const LimitsBody = z.strictObject({
  rows_per_second: perSecond.optional(),
  write_units_per_second: perSecond.optional(),
  source_share: z.number().positive().max(1).nullable().optional(),
})

const Scope = z.strictObject({
  table: z.string().max(64).optional(),
  venue: Value.optional(),
  key: z.strictObject({ from: Key.optional(), to: Key.optional() }).optional(),
  changed_since: z.string().max(40).optional(),
  where: z.record(z.string().max(64), Value).optional(),
})

export const BackfillBody = z.strictObject({
  connector: z.string().max(100),
  scope: Scope.default({}),
  limits: LimitsBody.default({}),
  dry_run: z.boolean().default(false),
})

export const VerifyBody = z.strictObject({
  connector: z.string().max(100),
  scope: Scope.default({}),
  limits: LimitsBody.default({}),
  repair: z.boolean().default(false),
})

const ReplayScopeBody = z.strictObject({
  table: z.string().max(64).optional(),
  from: z.string().max(10_000).optional(),
  to: z.string().max(10_000).optional(),
  venue: Value.optional(),
  key: Key.optional(),
})

export const ReplayBody = z.strictObject({
  connector: z.string().max(100),
  scope: ReplayScopeBody.default({}),
  into: z
    .string()
    .regex(/^[\w.-]{3,255}$/u, 'is no name of a table')
    .optional(),
  limits: LimitsBody.default({}),
  dry_run: z.boolean().default(false),
})

export function backfillOrder(
  connectors: readonly ReadyConnector[],
  body: Omit<z.infer<typeof BackfillBody>, 'dry_run'>,
): Omit<OrderGiven, 'by'> {
  const { connector } = namedReady(connectors, body.connector)
  if (connector.source === 'import') {
    const why = `the rows of ${connector.name} come from outside: there is no table to read them from`
    throw new MillraceError('SCOPE_INVALID', why, {
      hint: 'Order an import: `millrace import`, or POST /v1/sync/trigger.',
    })
  }
  const { changed_since, ...scope } = body.scope
  const scopes = scopesOf(connector, { ...scope, changedSince: changed_since })
  const limits = { ...NO_LIMITS, ...limitsOf(body.limits) }
  return { kind: 'backfill', connector: connector.name, scope: JSON.stringify(scopes), limits }
}

export function verifyOrder(
  connectors: readonly ReadyConnector[],
  body: z.infer<typeof VerifyBody>,
): Omit<OrderGiven, 'by'> {
  const given = backfillOrder(connectors, body)
  const { venue, ...narrower } = body.scope
  const isWhole = Object.values(narrower).every((bound) => bound === undefined)
  const scopes = JSON.parse(given.scope) as VerifyScope['scopes']
  const scope: VerifyScope = {
    scopes,
    venue: venue === undefined ? null : String(venue),
    isWhole,
    repairs: body.repair,
  }
  return { ...given, kind: 'verify', scope: JSON.stringify(scope) }
}

export async function replayOrder(
  connectors: readonly ReadyConnector[],
  body: z.infer<typeof ReplayBody>,
  { log, database }: LogPlace,
): Promise<Omit<OrderGiven, 'by'>> {
  const { connector, targets } = namedReady(connectors, body.connector)
  if (body.into !== undefined) checkInto(body.into, Object.keys(targets))
  const { venue = null, key, ...asked } = body.scope
  if (key !== undefined && asked.table === undefined)
    throw new MillraceError('SCOPE_INVALID', 'key needs a table: say whose key it is')
  const filter = { venue, key: key === undefined ? null : [key].flat() }
  const ranges = await rangesOf({ connector, database, log }, asked)
  checkFilter(connector, asked.table === undefined ? Object.keys(connector.tables) : [asked.table], filter)
  const scope: ReplayScope = { ranges, ...filter, into: body.into ?? null }
  return {
    kind: 'replay',
    connector: connector.name,
    scope: JSON.stringify(scope),
    limits: { ...NO_LIMITS, ...limitsOf(body.limits) },
  }
}

function checkInto(into: string, tables: readonly string[]): void {
  if (tables.length !== 1) {
    throw new MillraceError(
      'SCOPE_INVALID',
      `into works for connectors of one table; this one fills ${tables.join(', ')}`,
    )
  }
  if (tables[0] === into)
    throw new MillraceError('SCOPE_INVALID', `into is ${into}, the table that is in use: leave it out`)
}

export function namedReady(connectors: readonly ReadyConnector[], name: string): ReadyConnector {
  const plain = connectors.map(({ connector }) => connector)
  const at = plain.indexOf(namedConnector(plain, name))
  return connectors[at] as ReadyConnector
}

export function namedConnector(connectors: readonly Connector[], name: string): Connector {
  const found = connectors.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = connectors.map((one) => one.name)
  const meant = nearest(name, names)
  const hint = meant === null ? `it has ${names.join(', ')}` : `did you mean ${meant}?`
  throw new MillraceError('SCOPE_INVALID', `there is no connector "${name}": ${hint}`)
}

export function limitsOf(body: z.infer<typeof LimitsBody>): Partial<Limits> {
  const { rows_per_second, write_units_per_second, source_share } = body
  return {
    ...(rows_per_second === undefined ? {} : { rowsPerSecond: rows_per_second }),
    ...(write_units_per_second === undefined ? {} : { writeUnitsPerSecond: write_units_per_second }),
    ...(source_share === undefined ? {} : { sourceShare: source_share }),
  }
}
