// The statements that write many rows at once.

import { quotedName } from '../../mysql/sql-name.ts'
import { derivedRows, joinedByKey } from './derived-rows.ts'
import type { TargetColumn, TargetShape } from './target-column.ts'

interface Rows {
  readonly shape: TargetShape
  readonly columns: readonly TargetColumn[]
  /** The key's values first. */
  readonly rows: readonly string[]
  readonly isMariadb: boolean
}

/**
 * In the order in which they are sent: what goes makes room, and so may what changes.
 *
 * Not INSERT ... ON DUPLICATE KEY UPDATE: that wants every column that has no default, runs the triggers of an insert, and
 * changes another row where a unique value is taken.
 */
export const ROW_STATEMENTS = {
  delete: (rows: Rows) => `DELETE t FROM ${joined(rows)}`,
  update: (rows: Rows) => {
    const at = rows.shape.key.length
    return `UPDATE ${joined(rows)} SET ${rows.columns.map(({ name }, index) => `t.${quotedName(name)} = v.c${at + index}`)}`
  },
  insert: ({ shape, columns, rows }: Rows) => {
    const names = [...shape.key, ...columns].map(({ name }) => quotedName(name))
    return `INSERT INTO ${quotedName(shape.table)} (${names}) VALUES ${rows}`
  },
}

export type RowWay = keyof typeof ROW_STATEMENTS

function joined({ shape, columns, rows, isMariadb }: Rows): string {
  const values = derivedRows(rows, shape.key.length + columns.length, isMariadb)
  return `${values} STRAIGHT_JOIN ${quotedName(shape.table)} t ON ${joinedByKey(shape.key)}`
}
