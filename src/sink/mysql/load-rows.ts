// What is known of the rows that a call writes to: the rows themselves, as far as it has to know, and their guards. With
// `locks` nobody else changes what is there until the transaction ends.

import type { Fields, Value } from '../../core/value.ts'
import { POSITIONS_TABLE } from './bookkeeping.ts'
import { rowsAmong } from './derived-rows.ts'
import { bytesLiteral } from './literal.ts'
import { askedFor, readValue } from './read-value.ts'
import { keyText, type RowKey } from './row-key.ts'
import type { Found, Guard } from './row-state.ts'
import type { Answer, Session } from './session.ts'
import type { TargetColumn, TargetShape } from './target-column.ts'
import { troubleOf } from './trouble.ts'

const NO_GUARDS: ReadonlyMap<string, Guard> = new Map()
/** Of a row that nobody needs to know. */
const NOT_ASKED: Found = { isThere: true, held: {}, guards: NO_GUARDS }
const NO_ROWS: ReadonlyMap<string, Fields> = new Map()

/** MariaDB makes a subquery of a list of a thousand values and more. */
const KEYS_MAX = 900

export interface Loading {
  readonly session: Session
  readonly isMariadb: boolean
  readonly locks: boolean
}

export interface WantedRow {
  readonly key: RowKey
  /** Of its writes, among all that are loaded for; what they count stands behind them. */
  readonly places: readonly number[]
}

export interface Wanted {
  readonly shape: TargetShape
  /** In the order of the texts of their keys. */
  readonly rows: readonly WantedRow[]
  /** Besides the key. */
  readonly columns: readonly TargetColumn[]
}

type Asked = Omit<Wanted, 'rows'> & { readonly keys: readonly RowKey[] }

export interface Needed {
  /** Whether the row itself has to be known, besides these guards of it. */
  readonly row: (row: WantedRow, guards: ReadonlyMap<string, Guard>) => boolean
  /** The guards by their names, null for all: of what is asked for by less, the lock on a row reaches to the one behind it. */
  readonly guards: readonly string[] | null
}

const ALL: Needed = { row: () => true, guards: null }

export async function loadRows(
  by: Loading,
  { shape, rows: all, columns }: Wanted,
  needed: Needed = ALL,
): Promise<(key: RowKey) => Found> {
  const found = new Map<string, Found>()
  for (let at = 0; at < all.length; at += KEYS_MAX) {
    const part = all.slice(at, at + KEYS_MAX)
    // In this order, whoever else it is: what waits for a guard holds no row that somebody needs.
    const of = { table: shape.table, keys: part.map(({ key }) => key), names: needed.guards }
    const guards = await loadGuards(by, of)
    const wanted = part.filter((row) => needed.row(row, guards.get(row.key.text) ?? NO_GUARDS)).map(({ key }) => key)
    const rows = wanted.length === 0 ? NO_ROWS : await loadHeld(by, { shape, keys: wanted, columns })
    for (const { key } of part) found.set(key.text, { ...NOT_ASKED, guards: guards.get(key.text) ?? NO_GUARDS })
    for (const { text } of wanted) found.set(text, foundOf(rows.get(text), guards.get(text)))
  }
  return ({ text }) => found.get(text) ?? NOT_ASKED
}

export function foundOf(held: Fields | undefined, guards: Found['guards'] = NO_GUARDS): Found {
  return { isThere: held !== undefined, held: held ?? {}, guards }
}

interface AskedGuards {
  readonly table: string
  readonly keys: readonly RowKey[]
  readonly names: readonly string[] | null
}

export async function loadGuards(
  { session, locks }: Loading,
  { table, keys, names }: AskedGuards,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Guard>>> {
  const list = keys.map(({ text }) => bytesLiteral(text))
  const named = names === null ? '' : ` AND guard IN (${names.map(bytesLiteral)})`
  const asked = `SELECT row_key, guard, position, mark, made, removed, deleted_at, contests FROM ${POSITIONS_TABLE}
    WHERE target = ${bytesLiteral(table)} AND row_key IN (${list})${named}${locks ? ' FOR UPDATE' : ''}`
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

function guardOf([position, mark, made, removed, deletedAt, contests]: Answer): Guard {
  const text = (value: Buffer | null | undefined) => value?.toString() ?? null
  return {
    position: text(position),
    mark: text(mark),
    made: text(made),
    removed: text(removed) as Guard['removed'],
    deletedAt: text(deletedAt),
    contests: text(contests),
  }
}

export async function loadHeld(
  { session, isMariadb, locks }: Loading,
  { shape, keys, columns }: Asked,
): Promise<ReadonlyMap<string, Fields>> {
  const asked = [...shape.key, ...columns].map((column) => askedFor(column, 't')).join(', ')
  const rows = await session.rows(
    `SELECT ${asked} FROM ${rowsAmong(shape, keys, isMariadb)}${locks ? ' FOR UPDATE' : ''}`,
  )
  const found = new Map<string, Fields>()
  for (const row of rows) {
    const values = shape.key.map((column, at) => readValue(column, row[at] ?? null))
    const held: Record<string, Value> = {}
    let at = shape.key.length
    for (const column of columns) held[column.name] = readValue(column, row[at++] ?? null)
    found.set(keyText(values), held)
  }
  return found
}
