// Writes rows as they are to stand. Where the server refuses some, it is found out which; the others are written.

import { quotedName } from '../../../mysql/sql-name.ts'
import { literal, textLiteral } from '../literal.ts'
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
  const alike = Map.groupBy(rows, ({ now }) => (now === null ? '' : Object.keys(now.fields).sort().join('\u0000')))
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
    const key = shape.key.map((column, at) => literal(column, row.values[at] ?? null))
    const fields = columns.map((column) => literal(column, now?.fields[column.name] ?? null))
    return `(${[...key, ...fields, ...keptLiterals(now?.kept)]})`
  })
  const set = [...columns.map(({ name }) => quotedName(name)), 'mr_position', 'mr_run', 'mr_made', 'mr_digest']
  return `INSERT INTO ${quotedName(shape.table)} (${all}, mr_position, mr_run, mr_made, mr_digest) VALUES ${lines}
    ON DUPLICATE KEY UPDATE ${set.map((name) => `${name} = VALUES(${name})`)}`
}

function keptLiterals(kept: Kept | undefined): readonly string[] {
  const { position = null, run = null, made = null, digest = null } = kept ?? {}
  return [
    ...[position, run, made].map((text) => (text === null ? 'NULL' : textLiteral(text))),
    digest === null ? 'NULL' : `X'${digest}'`,
  ]
}

function remove({ shape }: Putting, rows: readonly StandingRow[]): string {
  const key = shape.key.map(({ name }) => quotedName(name))
  const lines = rows.map(({ row }) => `(${shape.key.map((column, at) => literal(column, row.values[at] ?? null))})`)
  return `DELETE FROM ${quotedName(shape.table)} WHERE (${key}) IN (${lines})`
}
