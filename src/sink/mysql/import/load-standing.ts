// The rows that an import is about to hold its own against, locked until the transaction ends.

import type { Row, Value } from '../../../core/value.ts'
import { rowsAmong } from '../derived-rows.ts'
import { binaryLiteral } from '../literal.ts'
import { askedFor, readValue } from '../read-value.ts'
import { keyText, type RowKey } from '../row-key.ts'
import type { Answer } from '../session.ts'
import type { TargetColumn } from '../target-column.ts'
import type { Putting } from './putting.ts'
import { readRun } from './run-literal.ts'
import { KEPT, type Standing, StandingRow } from './standing-row.ts'
import { UNDO_TABLE } from './undo-table.ts'

/** MariaDB makes a subquery of a list of a thousand values and more. */
const KEYS_MAX = 900

/** By the text of their keys. `run`: whose deletes have to be known. */
export async function loadStanding(
  by: Putting,
  keys: readonly RowKey[],
  deletes: string | null,
): Promise<ReadonlyMap<string, StandingRow>> {
  // Rows that are asked for twice are one row.
  const distinct = [...new Map(keys.map((key) => [key.text, key])).values()]
  const inOrder = distinct.sort((one, other) => (one.text < other.text ? -1 : 1))
  const rows = new Map<string, StandingRow>()
  for (let at = 0; at < inOrder.length; at += KEYS_MAX) {
    const some = inOrder.slice(at, at + KEYS_MAX)
    const found = await loadFound(by, some)
    const gone = deletes === null ? new Set<string>() : await loadDeleted(by, some, deletes)
    for (const key of some) {
      const { text } = key
      const there = found.get(text) ?? null
      const isForeign = there !== null && by.shared !== undefined && there.fields[by.shared.by] !== by.shared.as
      rows.set(text, new StandingRow(key, { found: there, deletedBy: gone.has(text) ? deletes : null, isForeign }))
    }
  }
  return rows
}

async function loadFound(by: Putting, keys: readonly RowKey[]): Promise<ReadonlyMap<string, Standing>> {
  const { session, shape, columns } = by
  const asked = [...shape.key, ...columns].map((column) => askedFor(column, 't'))
  const kept = KEPT.map((name) => (name === 'mr_digest' ? `HEX(t.${name})` : `t.${name}`))
  const rows = await session.rows(
    `SELECT ${[...asked, ...kept]} FROM ${rowsAmong(shape, keys, by.isMariadb)}${by.locks ? ' FOR UPDATE' : ''}`,
  )
  return new Map(
    rows.map((row) => {
      const values = shape.key.map((column, at) => readValue(column, row[at] ?? null))
      return [keyText(values), standingOf(columns, row.slice(shape.key.length))]
    }),
  )
}

function standingOf(columns: readonly TargetColumn[], row: Answer): Standing {
  const fields: Record<string, Value> = {}
  columns.forEach((column, at) => {
    fields[column.name] = readValue(column, row[at] ?? null)
  })
  const [position = null, run = null, made = null, digest = null] = row.slice(columns.length)
  const kept = { position: position?.toString() ?? null, run: readRun(run), made: readRun(made) }
  return { fields: fields as Row, kept: { ...kept, digest: digest?.toString().toLowerCase() ?? null } }
}

async function loadDeleted({ session, shape }: Putting, keys: readonly RowKey[], run: string): Promise<Set<string>> {
  const list = keys.map(({ text }) => binaryLiteral(text))
  const rows = await session.rows(
    `SELECT row_key FROM ${UNDO_TABLE} WHERE run = ${binaryLiteral(run)} AND target = ${binaryLiteral(shape.table)}
      AND did = 'deleted' AND row_key IN (${list})`,
  )
  return new Set(rows.map(([key]) => String(key)))
}
