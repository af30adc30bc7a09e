// A column of a target table, as far as it decides what is sent and what is read back.

import type { ColumnType } from '../../mysql/column-type.ts'

export interface TargetColumn {
  readonly table: string
  readonly name: string
  readonly type: ColumnType
  readonly collation: string | null
  /** The server makes up no value for it. */
  readonly mustBeGiven: boolean
}

export interface TargetShape {
  readonly table: string
  /** The primary key's columns, in the order the connector declares them. */
  readonly key: readonly TargetColumn[]
  readonly columns: ReadonlyMap<string, TargetColumn>
}
