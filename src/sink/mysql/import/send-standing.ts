// Writes rows as they are to stand. Where the server refuses some, it is found out which; the others are written.

import type { Value } from '../../../core/value.ts'
import { quotedName } from '../../../mysql/sql-name.ts'
import { literal, textLiteral } from '../literal.ts'
import { NamesText } from '../names-text.ts'
import type { TargetColumn } from '../target-column.ts'
import { said, troubleOf } from '../trouble.ts'
import type { Putting } from './putting.ts'
import type { Kept, StandingRow } from './standing-row.ts'

const ROWS_MAX = 1_000

/** Why rows can never be written as they are. */
export async function sendStanding(
  by: Putting,
  rows: readonly StandingRow[],
): Promise<ReadonlyMap<StandingRow, string>> {
  const refused = new Map<StandingRow, string>()
  const names = new NamesText()
  // A row that goes has none.
  const alike = Map.groupBy(rows, ({ now }) => (now === null ? null : names.of(now.fields)))
  for (const group of alike.values()) {
    for (let at = 0; at < group.length; at += ROWS_MAX) await send(by, group.slice(at, at + ROWS_MAX), refused)
  }
  return refused
}

/** A statement that fails leaves nothing behind. */
async function send(by: Putting, rows: readonly StandingRow[], refused: Map<StandingRow, string>): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  try {
    await by.session.write(first.now === null ? remove(by, rows) : upsert(by, rows))
  } catch (error) {
    if (troubleOf(error) !== 'row') throw error
    if (rows.length === 1) return void refused.set(first, said(error))
    const middle = Math.ceil(rows.length / 2)
    await send(by, rows.slice(0, middle), refused)
    await send(by, rows.slice(middle), refused)
  }
}

function upsert({ shape }: Putting, rows: readonly StandingRow[]): string {
  const names = Object.keys(rows[0]?.now?.fields ?? {})
  const columns = names.flatMap((name) => shape.columns.get(name) ?? [])
  const all = [...shape.key.map(({ name }) => name), ...columns.map(({ name }) => name)].map(quotedName)
  const lines = rows.map(({ row, now }) => {
    let line = ''
    for (let at = 0; at < shape.key.length; at++) line += `${literalOf(shape.key[at], row.values[at])},`
    for (const column of columns) line += `${literal(column, now?.fields[column.name] ?? null)},`
    return `(${line}${keptLiterals(now?.kept)})`
  })
  const set = [...columns.map(({ name }) => quotedName(name)), 'mr_position', 'mr_run', 'mr_made', 'mr_digest']
  return `INSERT INTO ${quotedName(shape.table)} (${all}, mr_position, mr_run, mr_made, mr_digest) VALUES ${lines}
    ON DUPLICATE KEY UPDATE ${set.map((name) => `${name} = VALUES(${name})`)}`
}

function literalOf(column: TargetColumn | undefined, value: Value | undefined): string {
  return column === undefined ? 'NULL' : literal(column, value ?? null)
}

function keptLiterals(kept: Kept | undefined): string {
  const { position = null, run = null, made = null, digest = null } = kept ?? {}
  return `${textOrNull(position)},${textOrNull(run)},${textOrNull(made)},${digest === null ? 'NULL' : `X'${digest}'`}`
}

function textOrNull(text: string | null): string {
  return text === null ? 'NULL' : textLiteral(text)
}

function remove({ shape }: Putting, rows: readonly StandingRow[]): string {
  const key = shape.key.map(({ name }) => quotedName(name))
  const lines = rows.map(({ row }) => `(${shape.key.map((column, at) => literal(column, row.values[at] ?? null))})`)
  return `DELETE FROM ${quotedName(shape.table)} WHERE (${key}) IN (${lines})`
}
