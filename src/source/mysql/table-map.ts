// The body of a TABLE_MAP event taken apart: which columns a table has, in the numbers that the server writes.

import { ByteReader } from './byte-reader.ts'
import { readTableMetadata, type TableMetadata } from './table-metadata.ts'
import { unreadable } from './unreadable.ts'

/** The servers' numbers of column types, as far as rows can hold them. */
export const TYPE = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  longlong: 8,
  int24: 9,
  date: 10,
  year: 13,
  varchar: 15,
  bit: 16,
  timestamp: 17,
  datetime: 18,
  time: 19,
  /** MariaDB's compressed columns. */
  blobCompressed: 140,
  varcharCompressed: 141,
  vector: 242,
  json: 245,
  decimal: 246,
  enum: 247,
  set: 248,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const

export interface MappedColumn {
  /** One of TYPE; enum and set come as strings and are told apart here. */
  readonly code: number
  /** Two numbers, whose meaning depends on the code: lengths in bytes, digits. */
  readonly first: number
  readonly second: number
}

export interface TableMap {
  readonly database: string
  readonly table: string
  readonly columns: readonly MappedColumn[]
  readonly metadata: TableMetadata
}

const ID_AND_FLAGS_BYTES = 8

export function readTableMap(body: Buffer): TableMap {
  const from = new ByteReader(body, ID_AND_FLAGS_BYTES)
  const database = name(from)
  const table = name(from)
  const codes = from.bytes(from.packed())
  const settings = new ByteReader(from.bytes(from.packed()))
  const columns = [...codes].map((code) => readColumn(code, settings, `${database}.${table}`))
  from.at += (columns.length + 7) >> 3
  return { database, table, columns, metadata: readTableMetadata(body, from.at) }
}

function name(from: ByteReader): string {
  const text = from.bytes(from.packed()).toString('utf8')
  from.at++
  return text
}

function readColumn(code: number, settings: ByteReader, table: string): MappedColumn {
  switch (code) {
    case TYPE.tiny:
    case TYPE.short:
    case TYPE.int24:
    case TYPE.long:
    case TYPE.longlong:
    case TYPE.date:
    case TYPE.year:
      return { code, first: 0, second: 0 }
    case TYPE.float:
    case TYPE.double:
    case TYPE.timestamp:
    case TYPE.datetime:
    case TYPE.time:
    case TYPE.blob:
    case TYPE.blobCompressed:
    case TYPE.json:
    case TYPE.geometry:
    case TYPE.vector:
      return { code, first: settings.uint8(), second: 0 }
    case TYPE.bit:
    case TYPE.decimal:
      return { code, first: settings.uint8(), second: settings.uint8() }
    case TYPE.varchar:
    case TYPE.varString:
    case TYPE.varcharCompressed:
      return { code, first: settings.uint16(), second: 0 }
    case TYPE.string:
      return readString(settings.uint8(), settings.uint8())
  }
  throw unreadable(
    `${table} has a column of type ${code}, whose values cannot be read.`,
    `Rebuild it in today's formats: ALTER TABLE ${table} FORCE`,
  )
}

/** Two high bits of a string's length hide in its type. */
function readString(first: number, second: number): MappedColumn {
  if (first === TYPE.enum || first === TYPE.set) return { code: first, first: second, second: 0 }
  const length = (first & 0x30) === 0x30 ? second : second | (((first & 0x30) ^ 0x30) << 4)
  return { code: TYPE.string, first: length, second: 0 }
}
