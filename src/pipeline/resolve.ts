// Carries out what a person decided about a conflict: the version taken is written to the side that lost, only if that
// still holds what the conflict has on record. The decision goes on record together with the run's end.

import { z } from 'zod'
import { SIDES } from '../core/contested.ts'
import { MillraceError } from '../core/errors.ts'
import type { FieldConflict } from '../core/field-conflict.ts'
import { position } from '../core/position.ts'
import { NO_TALLY, type Order } from '../core/run.ts'
import { RUNS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import type { Outcome, PlacedWrite, Sink } from '../sink/sink.ts'
import { ConflictBook } from './conflict-book.ts'
import { contestLeftover } from './leftovers.ts'
import type { RunWork } from './run-work.ts'
import { tallyRecord } from './tally-record.ts'

export const ResolveScope = z.object({ id: z.string(), take: z.enum(SIDES), note: z.string() })

export interface ResolveOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly sinkOf: (connector: string) => Sink
}

/** Positions of its own: those by which changes of rows are judged stay as they are. */
const GUARD = 'resolve'
const POSITION_DIGITS = 16

export async function resolve({ log, records, sinkOf }: ResolveOptions, work: RunWork): Promise<void> {
  const { order, signal } = work
  const finding = await work.retry(() => resolvedFinding({ log, records }, order, signal))
  const sink = sinkOf(order.connector)
  const [outcome] = await work.retry(() => sink.apply([resolution(finding, order)], signal))
  const trouble = troubleOf(outcome)
  if (trouble !== null) throw new MillraceError('CONFLICT_CHANGED', `${finding.row} ${finding.group}: ${trouble}`)
  const { take, note } = ResolveScope.parse(JSON.parse(order.scope))
  const decision = { by: order.by, atMs: order.orderedAtMs, note }
  const decided = { ...finding, verdict: take, decision }
  const tally = { ...NO_TALLY, applied: 1, run: order.id, part: 'resolve' }
  const step = { bookmark: 'done', rows: 1, rowsPerSecond: 0 }
  await work.step(step, () => Promise.all([contestLeftover(records, decided), tallyRecord(records, tally)]))
}

/** As the connector has found it that is to write; throws CONFLICT_UNKNOWN. */
export async function resolvedFinding(
  reading: Pick<ResolveOptions, 'log' | 'records'>,
  { scope, connector }: Pick<Order, 'scope' | 'connector'>,
  signal: AbortSignal,
): Promise<FieldConflict> {
  const { id } = ResolveScope.parse(JSON.parse(scope))
  const findings = await new ConflictBook({ ...reading, signal }).findings(id)
  const found = findings.find((one) => one.connector === connector && one.decision === null)
  if (found === undefined)
    throw new MillraceError('CONFLICT_UNKNOWN', `there is no open conflict ${id} of ${connector}`)
  return found
}

/** Where the loser holds anything else than what is on record, nobody wins and nothing is written. */
export function resolution(
  { table, key, row, group, ...versions }: FieldConflict,
  { id, scope, orderedAtMs }: Pick<Order, 'id' | 'scope' | 'orderedAtMs'>,
): PlacedWrite {
  const { take } = ResolveScope.parse(JSON.parse(scope))
  const [fields, before] = take === 'mysql' ? [versions.mysql, versions.dynamodb] : [versions.dynamodb, versions.mysql]
  const names = [...new Set([...Object.keys(fields), ...Object.keys(before)])]
  const whole = Object.fromEntries(names.map((name) => [name, fields[name] ?? null]))
  const contested = [{ group, row, policy: 'review', fields: names, before } as const]
  return {
    write: { do: 'merge', table, key, fields: whole, guard: GUARD, mustExist: 'or-reject', contested },
    position: position(1, [{ value: orderedAtMs, digits: POSITION_DIGITS }]),
    cursor: { topic: RUNS, topicId: id, partition: 0, offset: 0 },
    ...{ lane: id, reader: RUNS, since: 0 },
  }
}

/** Why nothing was written; null where it was. */
export function troubleOf(outcome: Outcome | undefined): string | null {
  if (outcome?.did === 'rejected') return outcome.reason ?? 'the target does not take it'
  if (outcome?.did === 'applied' && outcome.contests === undefined) return null
  return 'the side that would be overwritten has changed since; nothing was written'
}
