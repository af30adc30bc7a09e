// Repairs gaps: the tables that they name are copied as a backfill copies them; then the rows that went meanwhile are
// found by the items that stand for them, and their deletes go through the log. Last, the gaps are on record as repaired.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { type GapRepair, gapRepairKey, type RepairScope } from '../core/gap.ts'
import type { Order } from '../core/run.ts'
import { connectorTopics, RUNS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'
import type { Sink } from '../sink/sink.ts'
import type { RowScope, RowSource } from '../source/source.ts'
import { type AwaitDeliveryOptions, awaitDelivery } from './await-delivery.ts'
import { type BackfillOptions, backfill } from './backfill.ts'
import { Deletes } from './deletes.ts'
import { readPlace } from './read-place.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { RunEnd, RunKindWork, RunWork } from './run-work.ts'
import { ItemPlace, StandingItems } from './standing-items.ts'
import { workWithin } from './work-within.ts'

export interface RepairTarget extends ReadyConnector {
  readonly sink: Sink
}

export interface RepairOptions extends Omit<BackfillOptions, 'source'> {
  /** The one that the run's connector follows. */
  readonly sourceOf: (work: RunWork) => RowSource
  readonly records: RecordCodec
  readonly targets: readonly RepairTarget[]
  readonly log: AwaitDeliveryOptions['log']
  /** The source's, which names the topics. */
  readonly database: string
}

/** Where the backfill is; once it is done, where the search for deletes is. */
const Bookmark = z.object({ at: z.string().nullable(), deletes: ItemPlace.nullable() })

export function repairKind(options: RepairOptions): RunKindWork {
  return {
    carryOut: (work) => carryOut(options, work),
    conclude: (work, state) => conclude(options, work, state),
  }
}

async function carryOut(options: RepairOptions, work: RunWork): Promise<void> {
  const target = targetOf(options, work.order)
  const tables = tablesOf(target.connector, work.order)
  const { bookmark } = work.progress
  const { at, deletes } = bookmark === null ? NOWHERE : readPlace(Bookmark, bookmark, 'repair')
  const { sourceOf, codec, clock, log, database } = options
  const source = sourceOf(work)
  if (deletes === null) await backfill({ source, codec, clock }, copying(work, { tables, at }))
  const topics = connectorTopics(target.connector, database)
  if (deletes === null) await awaitDelivery({ log, clock, reader: work.order.connector, topics }, work)
  if (work.signal.aborted) return
  const items = new StandingItems({ source, ready: target, sink: target.sink, tables })
  await new Deletes({ items, codec, clock }, searching(work)).run(deletes)
}

/** The rows that it copies: a gap does not say which of a table's it can have touched. */
export function copiedScopes({ tables }: Pick<RepairScope, 'tables'>): readonly RowScope[] {
  return tables.map((table) => ({ table, from: null, to: null, filters: [] }))
}

const NOWHERE: z.infer<typeof Bookmark> = { at: null, deletes: null }

/** The same run, as the backfill of its tables sees it. */
function copying(work: RunWork, { tables, at }: { tables: readonly string[]; at: string | null }): RunWork {
  return {
    ...workWithin(work, (bookmark) => JSON.stringify({ at: bookmark, deletes: null })),
    order: { ...work.order, scope: JSON.stringify(copiedScopes({ tables })) },
    progress: { ...work.progress, bookmark: at },
  }
}

/** And as the search for deletes sees it. */
function searching(work: RunWork): RunWork {
  return workWithin(work, (bookmark) => `{"at":null,"deletes":${bookmark}}`)
}

/** Comes again after a crash, and then says the same once more. */
async function conclude({ records, clock }: RepairOptions, work: RunWork, state: RunEnd): Promise<void> {
  if (state !== 'done') return
  const { connector, id, scope } = work.order
  const { gaps } = JSON.parse(scope) as RepairScope
  const repairs = gaps.map((gap): GapRepair => ({ connector, gap, run: id, repairedAtMs: clock.nowMs() }))
  await work.note(() => Promise.all(repairs.map((repair) => repairRecord(records, repair))))
}

async function repairRecord(records: RecordCodec, repair: GapRepair): Promise<LogRecord> {
  return { topic: RUNS, key: Buffer.from(gapRepairKey(repair)), value: await records.pack('gapRepair', repair) }
}

/** In the order in which the connector names them. */
function tablesOf({ tables }: Connector, { scope }: Order): readonly string[] {
  const { tables: gone } = JSON.parse(scope) as RepairScope
  return Object.keys(tables).filter((table) => gone.includes(table))
}

function targetOf({ targets }: RepairOptions, { connector, id }: Order): RepairTarget {
  const target = targets.find((one) => one.connector.name === connector)
  if (target !== undefined) return target
  throw new MillraceError(
    'SCOPE_INVALID',
    `this process does not deliver for ${connector}, which the run ${id} repairs`,
  )
}
