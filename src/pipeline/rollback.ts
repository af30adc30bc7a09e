// Takes an import back: table by table, page by page. Rows that are not as the run left them stay, and are told.

import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import { NO_LIMITS, NO_TALLY, type Order, type RunFault } from '../core/run.ts'
import { setAsideWrite } from '../core/set-aside.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { ImportLedger } from '../sink/import-ledger.ts'
import type { ImportUndo, KeptRow } from '../sink/import-undo.ts'
import type { Clock } from './clock.ts'
import { importedTables } from './import-scope.ts'
import { readPlace } from './read-place.ts'
import { type RollbackScope, rolledBackBy } from './rollback-scope.ts'
import { isOver, type Run, type RunBook } from './run-book.ts'
import type { OrderGiven } from './run-desk.ts'
import type { RunEnd, RunKindWork, RunWork } from './run-work.ts'
import { tallyRecord } from './tally-record.ts'

export interface RollbackOptions {
  readonly openUndo: (connector: string) => Promise<ImportUndo>
  readonly ledger: ImportLedger
  readonly records: RecordCodec
  readonly clock: Clock
}

const Bookmark = z.object({ table: z.number(), after: z.string().nullable(), undone: z.number(), kept: z.number() })
const BEGINNING: z.infer<typeof Bookmark> = { table: 0, after: null, undone: 0, kept: 0 }

const ROWS_MAX = 1_000
const PART = 'rollback'
const KEPT_SHOWN_MAX = 100

export function rollbackKind(options: RollbackOptions): RunKindWork {
  return {
    carryOut: (work) => carryOut(options, work),
    conclude: (work, state, fault) => conclude(options, work, { state, fault }),
  }
}

/** The tables that a run brought rows into, the last one first; throws where there is nothing that could be taken back. */
export function rolledBackTables(book: RunBook, run: string): readonly string[] {
  const found = book.get(run)
  if (found === null) throw new MillraceError('RUN_UNKNOWN', `there is no run ${run}`)
  if (found.order.kind !== 'import')
    throw new MillraceError('SCOPE_INVALID', `the run ${run} is no import, but a ${found.order.kind}`)
  if (!isOver(found)) throw new MillraceError('SCOPE_INVALID', `the run ${run} goes on: cancel it first`)
  return importedTables(found.order).toReversed()
}

/** The order that takes a run back; null where one does so already. */
export function rollbackOrder(book: RunBook, { run, why }: RollbackScope): Omit<OrderGiven, 'by'> {
  rolledBackTables(book, run)
  const connector = book.get(run)?.order.connector ?? ''
  const earlier = takenBackBy(book.all(), run)
  if (earlier?.progress?.state === 'done')
    throw new MillraceError('RUN_OVER', `the run ${run} was taken back by ${earlier.order.id}`)
  return { kind: 'rollback', connector, scope: JSON.stringify({ run, why }), limits: NO_LIMITS }
}

/** The rollback of a run that is under way or done. */
export function takenBackBy(runs: readonly Run[], run: string): Run | null {
  const ofRun = ({ order }: Run) => order.kind === 'rollback' && rolledBackBy(order).run === run
  return runs.find((one) => ofRun(one) && (!isOver(one) || one.progress?.state === 'done')) ?? null
}

/** What it would do; nothing is written. */
export async function dryRollback(
  undo: ImportUndo,
  { run, tables }: { readonly run: string; readonly tables: readonly string[] },
  signal: AbortSignal,
) {
  let undone = 0
  const kept: (KeptRow & { readonly table: string })[] = []
  for (const table of tables) {
    for (let after: string | null | undefined; after !== null; ) {
      const page = await undo.page({ run, table, after: after ?? null, rowsMax: ROWS_MAX, isDry: true }, signal)
      undone += page.undone
      kept.push(...page.kept.slice(0, KEPT_SHOWN_MAX - kept.length).map((row) => ({ table, ...row })))
      after = page.next
    }
  }
  return { undone, kept }
}

async function carryOut({ openUndo, ledger, records, clock }: RollbackOptions, work: RunWork): Promise<void> {
  const { order, signal, progress } = work
  const { run } = rolledBackBy(order)
  const tables = rolledBackTables(await work.book(), run)
  const undo = await openUndo(order.connector)
  try {
    let at = progress.bookmark === null ? BEGINNING : readPlace(Bookmark, progress.bookmark, 'rollback')
    for (let table = tables[at.table]; table !== undefined && !signal.aborted; table = tables[at.table]) {
      const asked = { run, table, after: at.after, rowsMax: ROWS_MAX, isDry: false }
      const page = await work.retry(() => undo.page(asked, signal))
      const kept = page.kept.map((row) => keptRow(row, { order, table: asked.table, atMs: clock.nowMs() }))
      await work.retry(() => ledger.setAside(kept))
      const sums = { undone: at.undone + page.undone, kept: at.kept + page.kept.length }
      at = { ...sums, after: page.next, table: page.next === null ? at.table + 1 : at.table }
      const writes = at.kept === 0 ? {} : { [setAsideWrite('kept')]: at.kept }
      const tally = { ...NO_TALLY, applied: at.undone, stale: at.kept, writes, run: order.id, part: PART }
      const step = { bookmark: JSON.stringify(at), rows: at.undone + at.kept, rowsPerSecond: 0 }
      await work.step(step, async () => [await tallyRecord(records, tally)])
    }
  } finally {
    await undo.close()
  }
}

function keptRow(
  { key, why }: KeptRow,
  { order, table, atMs }: { readonly order: Order; readonly table: string; readonly atMs: number },
) {
  return {
    ...{ id: `${order.id}:${table}:${key}`, run: order.id, table, place: null, said: key },
    ...{ category: 'kept' as const, isRetryable: false, reason: why, diedAtMs: atMs },
  }
}

async function conclude(
  { ledger, clock }: RollbackOptions,
  work: RunWork,
  { state, fault }: { readonly state: RunEnd; readonly fault: RunFault | null },
): Promise<void> {
  const { order, progress } = work
  const { run, why } = rolledBackBy(order)
  const { applied, stale } = await work.tally()
  const counts = { inserted: 0, updated: applied, unchanged: stale, deleted: 0, stale: 0, rejected: 0 }
  await ledger.write({
    ...{ id: order.id, connector: order.connector, by: order.by, orderedAtMs: order.orderedAtMs, counts, state, fault },
    ...{
      integrity: null,
      sourceType: 'rollback',
      source: run,
      tables: [],
      rows: progress.rows,
      startedAtMs: progress.startedAtMs,
    },
    endedAtMs: clock.nowMs(),
  })
  if (state === 'done') await ledger.rolledBack({ run, by: order.id, who: order.by, why, atMs: order.orderedAtMs })
}
