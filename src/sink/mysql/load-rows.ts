// What is known of the rows that a call writes to: the rows themselves, as far as it has to know, and their guards. With
// `locks` nobody else changes what is there until the transaction ends.

import type { Field, Value } from '../../core/value.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import { POSITIONS_TABLE } from './bookkeeping.ts'
import { derivedRows, joinedByKey } from './derived-rows.ts'
import { binaryLiteral, literal } from './literal.ts'
import { askedFor, readValue } from './read-value.ts'
import { keyText, type RowKey } from './row-key.ts'
import type { Found, Guard } from './row-state.ts'
import type { Answer, Session } from './session.ts'
import type { TargetColumn, TargetShape } from './target-column.ts'
import { troubleOf } from './trouble.ts'

/** MariaDB makes a subquery of a list of a thousand values and more. */
const KEYS_MAX = 900

export interface Loading {
  readonly session: Session
  readonly isMariadb: boolean
  readonly locks: boolean
}

export interface Wanted {
  readonly shape: TargetShape
  readonly keys: readonly RowKey[]
  /** Besides the key. */
  readonly columns: readonly TargetColumn[]
}

/** By the text of their keys. */
export async function loadRows(by: Loading, wanted: Wanted): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>()
  for (let at = 0; at < wanted.keys.length; at += KEYS_MAX) {
    const part = { ...wanted, keys: wanted.keys.slice(at, at + KEYS_MAX) }
    // In this order, whoever else it is: what waits for a guard holds no row that somebody needs.
    const guards = await loadGuards(by, part)
    const rows = await loadHeld(by, part)
    for (const { text } of part.keys) {
      const held = rows.get(text)
      found.set(text, { isThere: held !== undefined, held: held ?? {}, guards: guards.get(text) ?? new Map() })
    }
  }
  return found
}

export async function loadGuards(
  { session, locks }: Loading,
  { shape, keys }: Wanted,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Guard>>> {
  const list = keys.map(({ text }) => binaryLiteral(text))
  const asked = `SELECT row_key, guard, position, mark, made, removed, deleted_at FROM ${POSITIONS_TABLE}
    WHERE target = ${binaryLiteral(shape.table)} AND row_key IN (${list})${locks ? ' FOR UPDATE' : ''}`
  const guards = new Map<string, Map<string, Guard>>()
  for (const [row, name, ...rest] of await answered(session, asked, locks)) {
    const ofRow = guards.get(String(row)) ?? new Map<string, Guard>()
    guards.set(String(row), ofRow.set(String(name), guardOf(rest)))
  }
  return guards
}

/** Who only looks may do so before the tables of the sink were made. */
async function answered(session: Session, sql: string, locks: boolean): Promise<readonly Answer[]> {
  try {
    return await session.rows(sql)
  } catch (error) {
    if (locks || troubleOf(error) !== 'missing') throw error
    return []
  }
}

function guardOf([position, mark, made, removed, deletedAt]: Answer): Guard {
  const text = (value: Buffer | null | undefined) => value?.toString() ?? null
  return {
    position: text(position),
    mark: text(mark),
    made: text(made),
    removed: text(removed) as Guard['removed'],
    deletedAt: text(deletedAt),
  }
}

async function loadHeld(
  { session, isMariadb, locks }: Loading,
  { shape, keys, columns }: Wanted,
): Promise<ReadonlyMap<string, Readonly<Record<string, Field>>>> {
  const asked = [...shape.key, ...columns].map((column) => askedFor(column, 't')).join(', ')
  const rows = await session.rows(`SELECT ${asked} FROM ${among(shape, keys, isMariadb)}${locks ? ' FOR UPDATE' : ''}`)
  return new Map(
    rows.map((row) => {
      const values = shape.key.map((column, at) => readValue(column, row[at] ?? null))
      const held = columns.map((column, at): [string, Value] => [
        column.name,
        readValue(column, row[shape.key.length + at] ?? null),
      ])
      return [keyText(values), Object.fromEntries(held)]
    }),
  )
}

function among(shape: TargetShape, keys: readonly RowKey[], isMariadb: boolean): string {
  const [only] = shape.key
  const table = quotedName(shape.table)
  if (only !== undefined && shape.key.length === 1) {
    const list = keys.map(({ values }) => literal(only, values[0] ?? null))
    return `${table} t WHERE t.${quotedName(only.name)} IN (${list})`
  }
  const rows = keys.map(({ values }) => values)
  return `${derivedRows({ columns: shape.key, rows, isMariadb })} STRAIGHT_JOIN ${table} t ON ${joinedByKey(shape.key)}`
}
