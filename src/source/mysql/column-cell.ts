// From a column's bytes in the binary log to its bytes in a row image: one function for each column, made once.

import type { ColumnType } from '../../mysql/column-type.ts'
import type { Cell } from './cell.ts'
import { CheckedText } from './checked-text.ts'
import { jsonCell } from './json-cell.ts'
import { bigintCell, bitCell, decimalCell, doubleCell, floatCell, integerCell, yearCell } from './number-cells.ts'
import { type MappedColumn, TYPE } from './table-map.ts'
import { bytesCell, compressedCell, enumCell, paddedCell, setCell, textCell } from './text-cells.ts'
import { dateCell, datetimeCell, timeCell, timestampCell } from './time-cells.ts'

export interface CellColumn {
  readonly mapped: MappedColumn
  readonly type: ColumnType
  /** The column's full name, for people. */
  readonly place: string
}

export function cellOf(column: CellColumn): Cell {
  const { code, first, second } = column.mapped
  const { isUnsigned, labels } = column.type
  switch (code) {
    case TYPE.tiny:
      return integerCell(1, isUnsigned)
    case TYPE.short:
      return integerCell(2, isUnsigned)
    case TYPE.int24:
      return integerCell(3, isUnsigned)
    case TYPE.long:
      return integerCell(4, isUnsigned)
    case TYPE.longlong:
      return bigintCell(isUnsigned)
    case TYPE.float:
      return floatCell
    case TYPE.double:
      return doubleCell
    case TYPE.year:
      return yearCell
    case TYPE.bit:
      return bitCell(second + (first > 0 ? 1 : 0))
    case TYPE.decimal:
      return decimalCell(first, second)
    case TYPE.date:
      return dateCell
    case TYPE.time:
      return timeCell(first)
    case TYPE.datetime:
      return datetimeCell(first)
    case TYPE.timestamp:
      return timestampCell(first)
    case TYPE.enum:
      return enumCell(labels, first)
    case TYPE.set:
      return setCell(labels, first)
    case TYPE.json:
      return jsonCell(first)
    default:
      return stringCell(column)
  }
}

function stringCell({ mapped: { code, first }, type, place }: CellColumn): Cell {
  const isShort = code === TYPE.string || code === TYPE.varchar || code === TYPE.varString
  const lengthBytes = isShort || code === TYPE.varcharCompressed ? (first > 255 ? 2 : 1) : first
  if (code === TYPE.blobCompressed || code === TYPE.varcharCompressed) {
    return compressedCell(lengthBytes, plainCell(type, place, 4))
  }
  if (type.name === 'binary') return paddedCell(type.length, lengthBytes)
  return plainCell(type, place, lengthBytes)
}

function plainCell(type: ColumnType, place: string, lengthBytes: number): Cell {
  if (type.charset === null) return bytesCell(lengthBytes)
  return textCell(new CheckedText(type.charset, place), lengthBytes)
}
