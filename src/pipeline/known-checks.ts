// What was found of a table's rows the last time is still so where no import has changed it, or what it refers to, since: then
// the rows need not be walked through once more.

import type { TableFlow } from '../core/connector.ts'
import type { CheckResult } from '../core/integrity.ts'
import type { Tally } from '../core/run.ts'
import { importedTables } from './import-scope.ts'
import { rolledBackBy } from './rollback-scope.ts'
import type { Run, RunBook } from './run-book.ts'
import type { RunWork } from './run-work.ts'

const CHANGES = ['inserted', 'updated', 'deleted'] as const

/** Null where the rows have to be looked at. */
export async function knownChecks(
  work: RunWork,
  table: string,
  flow: TableFlow | undefined,
): Promise<readonly CheckResult[] | null> {
  const { order } = work
  const touched = [table, ...Object.values(flow?.references ?? {}).map((reference) => reference.table)]
  if (isChanged(await work.tally(), touched)) return null
  const book = await work.book()
  const before = lastTouching(book, { order, touched })
  if (before === null || before.progress?.state !== 'done') return null
  const found = before.integrity?.filter((one) => one.table === table && ['reference', 'rule'].includes(one.check))
  const asked = Object.keys(flow?.references ?? {}).length + (flow?.rules?.length ?? 0)
  return found !== undefined && found.length === asked && found.every(({ ok }) => ok) ? found : null
}

function isChanged({ writes, rejected }: Tally, tables: readonly string[]): boolean {
  return rejected > 0 || tables.some((table) => CHANGES.some((change) => (writes[`${table} ${change}`] ?? 0) > 0))
}

/** The newest run before that imported into one of the tables, or took back one that had. */
function lastTouching(
  book: RunBook,
  { order, touched }: { readonly order: Run['order']; readonly touched: readonly string[] },
): Run | null {
  const isOf = (one: Run['order'] | undefined): boolean =>
    one?.kind === 'import' &&
    one.connector === order.connector &&
    importedTables(one).some((table) => touched.includes(table))
  return (
    book.all().find((run) => {
      if (run.order.id === order.id || run.progress === null) return false
      return run.order.kind === 'rollback' ? isOf(book.get(rolledBackBy(run.order).run)?.order) : isOf(run.order)
    }) ?? null
  )
}
