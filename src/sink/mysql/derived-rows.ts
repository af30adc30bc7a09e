// Rows of values as a table that a statement can join with: how both servers write it, and how its values are compared
// with a key's columns so that the primary key is used.

import type { Value } from '../../core/value.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import { literal } from './literal.ts'
import type { TargetColumn } from './target-column.ts'

export interface DerivedRows {
  readonly columns: readonly TargetColumn[]
  readonly rows: readonly (readonly Value[])[]
  readonly isMariadb: boolean
}

/** Its columns are `v.c0`, `v.c1` and so on. */
export function derivedRows({ columns, rows, isMariadb }: DerivedRows): string {
  const names = columns.map((_, at) => `c${at}`)
  const texts = rows.map((row) => `(${columns.map((column, at) => literal(column, row[at] ?? null))})`)
  if (!isMariadb) return `(VALUES ${texts.map((text) => `ROW${text}`)}) v(${names})`
  return `(SELECT ${names.map((name) => `NULL AS ${name}`)} FROM DUAL WHERE 0 UNION ALL VALUES ${texts}) v`
}

/** `t` is the table, and the key's columns are the first of `v`. */
export function joinedByKey(key: readonly TargetColumn[]): string {
  return key.map((column, at) => `t.${quotedName(column.name)} = ${asColumn(column, `v.c${at}`)}`).join(' AND ')
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
