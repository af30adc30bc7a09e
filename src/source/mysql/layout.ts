// How a table's rows lie in the binary log, learned from a TABLE_MAP event, and the shape that follows from it.

import type { MillraceError } from '../../core/errors.ts'
import { keyShape, type TableShape } from '../../core/table.ts'
import { kindOf, typeText } from '../../mysql/column-type.ts'
import type { Cell } from './cell.ts'
import { cellOf } from './column-cell.ts'
import { KeyBounds } from './key-bounds.ts'
import { mappedTypes } from './mapped-types.ts'
import { readTableMap, type TableMap } from './table-map.ts'
import { unreadable } from './unreadable.ts'

/** MariaDB keeps the hash of a long unique key in a column that no statement can name. */
const MARIADB_HASH = /^DB_ROW_HASH_\d+$/

export interface LaidColumn {
  readonly cell: Cell
  /** No part of the shape: read and forgotten. */
  readonly isHidden: boolean
  /** Where in the key, from 0; -1 for a column outside of it. */
  readonly keyIndex: number
}

export class TableLayout {
  readonly database: string
  readonly table: string
  readonly shape: TableShape
  readonly keyShape: TableShape
  readonly columns: readonly LaidColumn[]
  /** Of the image that is being written: kept here to be used again. */
  readonly keyBounds: KeyBounds

  private constructor(shape: TableShape, columns: readonly LaidColumn[]) {
    this.database = shape.database
    this.table = shape.name
    this.shape = shape
    this.keyShape = keyShape(shape)
    this.columns = columns
    this.keyBounds = new KeyBounds(shape.key.length)
  }

  /** `body` is a TABLE_MAP event's, behind its header and without the checksum. */
  static parse(body: Buffer, { isMariadb }: { isMariadb: boolean }): TableLayout {
    const map = readTableMap(body)
    const names = requireNames(map)
    const { key } = map.metadata
    const types = mappedTypes(map, isMariadb)
    const columns = map.columns.map((mapped, index) => {
      const type = types[index]
      const name = names[index]
      if (type === undefined || name === undefined) throw withoutMetadata(map)
      const isHidden = isMariadb && MARIADB_HASH.test(name)
      const cell = cellOf({ mapped, type, place: `${map.database}.${map.table}.${name}` })
      const shaped = { name, kind: kindOf(type), type: typeText(type) }
      return { cell, isHidden, keyIndex: key.indexOf(index), shaped }
    })
    const shape = {
      database: map.database,
      name: map.table,
      columns: columns.filter(({ isHidden }) => !isHidden).map(({ shaped }) => shaped),
      key: key.map((index) => names[index] ?? ''),
    }
    return new TableLayout(shape, columns)
  }
}

function requireNames(map: TableMap): readonly string[] {
  const { names } = map.metadata
  if (names === null) throw withoutMetadata(map)
  return names
}

function withoutMetadata({ database, table }: TableMap): MillraceError {
  return unreadable(
    `The binary log does not name the columns of ${database}.${table}.`,
    'Run SET GLOBAL binlog_row_metadata = FULL and restart the sessions that write',
  )
}
