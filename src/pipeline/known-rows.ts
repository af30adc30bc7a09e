// A source that says what it said last time need not be read: where nothing came in between, its rows are as they were.

import { NO_TALLY, type Order } from '../core/run.ts'
import type { RecordCodec } from '../log/codec.ts'
import { importedTables, importParts, isForced } from './import-scope.ts'
import { takenBackBy } from './rollback.ts'
import type { Run, RunBook } from './run-book.ts'
import type { RunWork } from './run-work.ts'
import { tallyRecord } from './tally-record.ts'

export interface PartSaid {
  readonly part: number
  readonly digest: string | null
}

/** How many rows of the part are there from last time; null where it has to be read. */
export function knownRows(book: RunBook, order: Order, { part, digest }: PartSaid): number | null {
  const asked = importParts(order)[part]
  if (digest === null || asked === undefined || isForced(order)) return null
  const { table } = asked
  const runs = book.all()
  const before = runs.find(
    (run) =>
      run.order.id !== order.id &&
      run.order.kind === 'import' &&
      run.order.connector === order.connector &&
      run.progress !== null &&
      importedTables(run.order).includes(table),
  )
  if (before?.progress?.state !== 'done' || before.tally.rejected + before.tally.stale > 0) return null
  if (takenBackBy(runs, before.order.id) !== null) return null
  const at = importParts(before.order).findIndex((one) => JSON.stringify(one) === JSON.stringify(asked))
  return at !== -1 && digestsOf(before)[at] === digest ? rowsIn(before, table) : null
}

function digestsOf({ progress }: Run): readonly (string | null)[] {
  const { digests = [] } = JSON.parse(progress?.bookmark ?? '{}') as { readonly digests?: readonly (string | null)[] }
  return digests
}

function rowsIn({ tally: { writes } }: Run, table: string): number {
  return ['inserted', 'updated', 'unchanged'].reduce((sum, change) => sum + (writes[`${table} ${change}`] ?? 0), 0)
}

/** What it counts a table's rows under that it passes by. */
export function knownPart(table: string): string {
  return `known ${table}`
}

export async function passBy(
  records: RecordCodec,
  work: RunWork,
  { table, rows }: { readonly table: string; readonly rows: number },
): Promise<void> {
  const writes = { [`${table} unchanged`]: rows }
  const tally = { ...NO_TALLY, exists: rows, writes, run: work.order.id, part: knownPart(table) }
  const step = { bookmark: 'known', rows: work.progress.rows + rows, rowsPerSecond: 0 }
  await work.step(step, async () => [await tallyRecord(records, tally)])
}
