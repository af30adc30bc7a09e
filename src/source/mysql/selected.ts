// How a column is asked for in a SELECT, and what its value then is in a row image: the same bytes that the binary log
// leads to. What the server would round, convert or show by the session's settings is asked for in another way.

import type { ColumnType } from '../../mysql/column-type.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import type { ImageWriter } from '../image-writer.ts'
import { ByteReader } from './byte-reader.ts'
import { CheckedText } from './checked-text.ts'
import { bitCell } from './number-cells.ts'
import { writeTimestamp } from './time-text.ts'

/** Writes a value that is not NULL, in the bytes that the text protocol has for it. */
type Write = (value: Buffer, to: ImageWriter) => void

export interface Selected {
  readonly expression: string
  readonly write: Write
}

const POINT = 0x2e
const ZERO = 0x30

/** `place` is the column's full name. */
export function selected(name: string, type: ColumnType, place: string): Selected {
  const column = quotedName(name)
  switch (type.name) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'year':
      return { expression: column, write: (value, to) => to.long(Number(value.toString('latin1'))) }
    case 'bigint':
      return { expression: column, write: type.isUnsigned ? writeDigits : writeBigint }
    case 'bit':
      return { expression: column, write: (value, to) => bitCell(value.length)(new ByteReader(value), to) }
    case 'float':
      // By itself it is shown with six digits; as a double it is shown with all of them.
      return { expression: `${column} * 1e0`, write: writeFloat }
    case 'double':
      return { expression: `${column} * 1e0`, write: writeDouble }
    case 'decimal':
      return { expression: column, write: writeDigits }
    case 'date':
    case 'datetime':
      // In a temporary table (UNION, DISTINCT) the server would make zeros of dates that the session's mode forbids.
      return { expression: `CAST(${column} AS CHAR)`, write: writeBytes }
    case 'timestamp':
      return { expression: `UNIX_TIMESTAMP(${column})`, write: timestamp(type.scale) }
    case 'binary':
      // UUIDs and addresses of MariaDB are bytes in the binary log, and shown as text otherwise.
      return { expression: `CAST(${column} AS BINARY(${type.length}))`, write: writeBytes }
  }
  if (type.charset === null) return { expression: column, write: writeBytes }
  const checked = new CheckedText(type.charset, place)
  return {
    // Otherwise the server would put question marks in place of what it cannot convert.
    expression: type.charset === 'utf8mb4' ? column : `CAST(${column} AS BINARY)`,
    write: (value, to) => checked.write(new ByteReader(value), value.length, to),
  }
}

/** Dates, times and JSON too: they are shown as the image holds them. */
function writeBytes(value: Buffer, to: ImageWriter): void {
  to.bytes(value, 0, value.length)
}

function writeBigint(value: Buffer, to: ImageWriter): void {
  const number = BigInt(value.toString('latin1'))
  to.wideLong(Number(number >> 32n), Number(number & 0xffffffffn))
}

/** Without the zeros that ZEROFILL shows before them. */
function writeDigits(value: Buffer, to: ImageWriter): void {
  let at = 0
  while (value[at] === ZERO && at + 1 < value.length && value[at + 1] !== POINT) at++
  to.bytes(value, at, value.length)
}

function writeFloat(value: Buffer, to: ImageWriter): void {
  to.reserve(4)
  to.at = to.slab.writeFloatLE(Number(value.toString('latin1')), to.at)
}

function writeDouble(value: Buffer, to: ImageWriter): void {
  to.reserve(8)
  to.at = to.slab.writeDoubleLE(Number(value.toString('latin1')), to.at)
}

/** Seconds since 1970 do not depend on the session's time zone. */
function timestamp(digits: number): Write {
  return (value, to) => {
    const [seconds, fraction = '0'] = value.toString('latin1').split('.')
    const opened = to.openText(0)
    writeTimestamp(Number(seconds), { value: Number(fraction), digits }, to)
    to.closeText(opened)
  }
}
