// Rows of values as a table that a statement can join with: how both servers write it, and how its values are compared
// with a key's columns so that the primary key is used.

import type { Row, Value } from '../../core/value.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import { literal } from './literal.ts'
import type { RowKey } from './row-key.ts'
import type { TargetColumn, TargetShape } from './target-column.ts'

/** Of the row in hand: one list for all of them. */
const texts: string[] = []

/** Values in brackets: of the first columns, and by their names those of the others. */
export function rowText(columns: readonly TargetColumn[], first: readonly Value[], others: Row = {}): string {
  let count = 0
  for (const column of columns) {
    const value = count < first.length ? first[count] : others[column.name]
    texts[count++] = literal(column, value ?? null)
  }
  texts.length = count
  return `(${texts.join()})`
}

/** Of rows with so many columns, which are `v.c0`, `v.c1` and so on. */
export function derivedRows(rows: readonly string[], columns: number, isMariadb: boolean): string {
  const names = Array.from({ length: columns }, (_, at) => `c${at}`)
  if (!isMariadb) return `(VALUES ROW${rows.join(',ROW')}) v(${names})`
  return `(SELECT ${names.map((name) => `NULL AS ${name}`)} FROM DUAL WHERE 0 UNION ALL VALUES ${rows}) v`
}

/** `t` is the table, and the key's columns are the first of `v`. */
export function joinedByKey(key: readonly TargetColumn[]): string {
  return key.map((column, at) => `t.${quotedName(column.name)} = ${asColumn(column, `v.c${at}`)}`).join(' AND ')
}

/** What stands behind FROM to find the rows of some keys: `t` is the table. */
export function rowsAmong(shape: TargetShape, keys: readonly Pick<RowKey, 'values'>[], isMariadb: boolean): string {
  const [only] = shape.key
  const table = quotedName(shape.table)
  if (only !== undefined && shape.key.length === 1) {
    const list = keys.map(({ values }) => literal(only, values[0] ?? null))
    return `${table} t WHERE t.${quotedName(only.name)} IN (${list})`
  }
  const rows = keys.map(({ values }) => rowText(shape.key, values))
  return `${derivedRows(rows, shape.key.length, isMariadb)} STRAIGHT_JOIN ${table} t ON ${joinedByKey(shape.key)}`
}

function asColumn({ type, collation }: TargetColumn, value: string): string {
  if (collation !== null && type.charset !== null) return `CONVERT(${value} USING ${type.charset}) COLLATE ${collation}`
  switch (type.name) {
    case 'decimal':
      return `CAST(${value} AS DECIMAL(${type.length}, ${type.scale}))`
    case 'date':
      return `CAST(${value} AS DATE)`
    case 'datetime':
    case 'timestamp':
      return `CAST(${value} AS DATETIME(${type.scale}))`
    default:
      return value
  }
}
