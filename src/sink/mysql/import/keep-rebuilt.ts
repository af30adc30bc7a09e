// What the swap of a rebuilt table is about to change, kept for the run as though it had changed row by row: then it is taken
// back row by row. And what stays although the run has not met it is copied.

import { quotedName } from '../../../mysql/sql-name.ts'
import { binaryLiteral } from '../literal.ts'
import { rowKey } from '../row-key.ts'
import { keepGone } from './gone-table.ts'
import { keepUndo, SWEPT } from './keep-undo.ts'
import { loadStanding } from './load-standing.ts'
import { ownRows } from './own-rows.ts'
import type { Putting } from './putting.ts'
import { besideName } from './rebuild.ts'
import { isOfRun } from './run-literal.ts'
import type { EnteredRun } from './runs-table.ts'
import type { StandingRow } from './standing-row.ts'
import { UNDO_TABLE } from './undo-table.ts'

export interface Keeping {
  readonly by: Putting
  readonly run: EnteredRun
  readonly rowsMax: number
  /** Rows that the run has not met stay. */
  readonly spares: boolean
}

/** One page of it; false after the last one. A repeat goes on behind what was kept. */
export async function keepRebuilt(keeping: Keeping): Promise<boolean> {
  const { by, run, spares, rowsMax } = keeping
  const changed = await rowsOf(keeping, isOfRun('b.mr_run', run.run))
  await keepUndo(by, new Map(changed.map((row) => [row, run.run])))
  if (changed.length === rowsMax) return true
  await copy(keeping, spares ? 'TRUE' : `NOT (${ownRows(by)})`)
  if (spares) return false
  const swept = await rowsOf(keeping, `b.${quotedName(keyOf(by))} IS NULL`)
  for (const row of swept) {
    const position = row.found?.kept.position ?? null
    Object.assign(row, { now: null, gone: position === null ? null : { position, by: run } })
  }
  await keepUndo(by, new Map(swept.map((row) => [row, run.run])), SWEPT)
  await keepGone(by, swept)
  return swept.length === rowsMax
}

/** Of the table in use, where nothing is kept of them yet. */
async function rowsOf({ by, run, rowsMax }: Keeping, where: string): Promise<readonly StandingRow[]> {
  const { session, shape } = by
  const name = quotedName(keyOf(by))
  const found = await session.rows(
    `SELECT t.${name} ${besideJoined(by, run)} WHERE ${where} AND NOT EXISTS (
        SELECT 1 FROM ${UNDO_TABLE} u WHERE u.run = ${binaryLiteral(run.run)} AND u.target = ${binaryLiteral(shape.table)}
          AND u.row_key = CAST(CONVERT(t.${name} USING utf8mb4) AS BINARY)) LIMIT ${rowsMax}`,
  )
  const keys = found.map(([text]) => rowKey(shape, [String(text)]))
  return [...(await loadStanding(by, keys, null)).values()]
}

async function copy({ by, run }: Keeping, where: string): Promise<void> {
  const beside = quotedName(besideName({ table: by.shape.table, run: run.run }))
  await by.session.write(
    `INSERT IGNORE INTO ${beside} SELECT t.* ${besideJoined(by, run)} WHERE b.${quotedName(keyOf(by))} IS NULL AND ${where}`,
  )
}

function besideJoined(by: Putting, { run }: EnteredRun): string {
  const { table } = by.shape
  const name = quotedName(keyOf(by))
  return `FROM ${quotedName(table)} t LEFT JOIN ${quotedName(besideName({ table, run }))} b ON b.${name} = t.${name}`
}

function keyOf({ shape: { key, table } }: Putting): string {
  const [only] = key
  if (only === undefined || key.length > 1) throw new RangeError(`${table} has no key of one column`)
  return only.name
}
