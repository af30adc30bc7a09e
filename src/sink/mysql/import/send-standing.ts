// Writes rows as they are to stand. Where the server refuses some, it is found out which; the others are written.

import type { Value } from '../../../core/value.ts'
import { literal, textLiteral } from '../literal.ts'
import { NamesText } from '../names-text.ts'
import { Raced } from '../raced.ts'
import { ROW_STATEMENTS, type RowWay } from '../row-statements.ts'
import type { TargetColumn } from '../target-column.ts'
import { said, troubleOf } from '../trouble.ts'
import type { Putting } from './putting.ts'
import { runLiteral } from './run-literal.ts'
import { KEPT, type Kept, type StandingRow } from './standing-row.ts'

const ROWS_MAX = 1_000
/** In the order in which they are sent. */
const WAYS = Object.keys(ROW_STATEMENTS)

interface Batch {
  readonly way: RowWay
  readonly rows: readonly StandingRow[]
}

/** Why rows can never be written as they are. `isThere`: whether the table has the row, whatever stands in it. */
export async function sendStanding(
  by: Putting,
  rows: readonly StandingRow[],
  isThere = ({ found }: StandingRow) => found !== null,
): Promise<ReadonlyMap<StandingRow, string>> {
  const refused = new Map<StandingRow, string>()
  const names = new NamesText()
  const wayOf = (row: StandingRow) => (row.now === null ? 'delete' : isThere(row) ? 'update' : 'insert')
  const ways = Map.groupBy(
    rows.filter((row) => row.now !== null || isThere(row)),
    wayOf,
  )
  for (const [way, ofWay] of [...ways].sort(([one], [other]) => WAYS.indexOf(one) - WAYS.indexOf(other))) {
    const alike = Map.groupBy(ofWay, ({ now }) => (now === null ? null : names.of(now.fields)))
    for (const group of alike.values()) {
      for (let at = 0; at < group.length; at += ROWS_MAX)
        await send(by, { way, rows: group.slice(at, at + ROWS_MAX) }, refused)
    }
  }
  return refused
}

/** All of them or none: false where one is there already, or the server refuses one. */
export async function insertAll(by: Putting, rows: readonly StandingRow[]): Promise<boolean> {
  const names = new NamesText()
  const alike = new Set(rows.map(({ now }) => names.of(now?.fields ?? {})))
  if (alike.size > 1 || rows.length > ROWS_MAX) return false
  try {
    if (rows.length > 0) await write(by, { way: 'insert', rows })
    return true
  } catch (error) {
    if (['row', 'twin'].includes(troubleOf(error))) return false
    throw error
  }
}

async function send(by: Putting, { way, rows }: Batch, refused: Map<StandingRow, string>): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  try {
    await write(by, { way, rows })
  } catch (error) {
    if (troubleOf(error) !== 'row') throw error
    if (rows.length === 1) return void refused.set(first, said(error))
    const middle = Math.ceil(rows.length / 2)
    await send(by, { way, rows: rows.slice(0, middle) }, refused)
    await send(by, { way, rows: rows.slice(middle) }, refused)
  }
}

/** A statement that fails leaves nothing behind. */
async function write(by: Putting, batch: Batch): Promise<void> {
  const written = await by.session.write(statementOf(by, batch))
  if (written < batch.rows.length) throw new Raced(`a row of ${by.shape.table}`)
}

function statementOf({ shape, isMariadb }: Putting, { way, rows }: Batch): string {
  const fields = columnsOf(shape.columns, Object.keys(rows[0]?.now?.fields ?? {}))
  const columns = way === 'delete' ? [] : [...fields, ...columnsOf(shape.columns, KEPT)]
  const lines = rows.map(({ row, now }) => {
    let line = ''
    for (let at = 0; at < shape.key.length; at++)
      line += `${at === 0 ? '' : ','}${literalOf(shape.key[at], row.values[at])}`
    for (const column of fields) line += `,${literal(column, now?.fields[column.name] ?? null)}`
    return now === null ? `(${line})` : `(${line},${keptLiterals(now.kept)})`
  })
  return ROW_STATEMENTS[way]({ shape, columns, rows: lines, isMariadb })
}

function columnsOf(columns: ReadonlyMap<string, TargetColumn>, names: readonly string[]): readonly TargetColumn[] {
  return names.flatMap((name) => columns.get(name) ?? [])
}

function literalOf(column: TargetColumn | undefined, value: Value | undefined): string {
  return column === undefined ? 'NULL' : literal(column, value ?? null)
}

/** In the order of `KEPT`. */
function keptLiterals({ position, run, made, digest }: Kept): string {
  return `${textOrNull(position)},${runLiteral(run)},${runLiteral(made)},${digest === null ? 'NULL' : `X'${digest}'`}`
}

function textOrNull(text: string | null): string {
  return text === null ? 'NULL' : textLiteral(text)
}
