// A table's columns as information_schema tells them, in the same terms as the binary log: see column-type.ts.

import { type ColumnType, TYPE_NAMES, type TypeName } from './column-type.ts'
import { quotedName, quotedText } from './sql-name.ts'

/** Runs one statement in a session of utf8mb4; values come as text. */
export type Query = (sql: string) => Promise<readonly TextRow[]>

type TextRow = Readonly<Record<string, string | null>>

export interface NamedColumn {
  readonly name: string
  readonly type: ColumnType
}

export interface TableColumns {
  readonly columns: readonly NamedColumn[]
  /** In key order. */
  readonly key: readonly string[]
}

/** Types of MariaDB that are nothing but bytes to its binary log, by how many. */
const BYTES_OF: Readonly<Record<string, number>> = { uuid: 16, inet6: 16, inet4: 4 }
const VECTOR_ELEMENT_BYTES = 4

export async function readColumns(query: Query, database: string, table: string): Promise<TableColumns> {
  const where = `TABLE_SCHEMA = ${quotedText(database)} AND TABLE_NAME = ${quotedText(table)}`
  const columns = await query(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_TYPE AS declared, CHARACTER_SET_NAME AS charset,
       CHARACTER_MAXIMUM_LENGTH AS characters, NUMERIC_PRECISION AS digits, NUMERIC_SCALE AS scale,
       DATETIME_PRECISION AS fraction, @@version AS version
     FROM information_schema.COLUMNS WHERE ${where} ORDER BY ORDINAL_POSITION`,
  )
  return {
    columns: columns.map((row) => ({ name: row.name ?? '', type: columnType(row) })),
    key: columns.length === 0 ? [] : keyOf(await query(`SHOW KEYS FROM ${quotedName(database)}.${quotedName(table)}`)),
  }
}

/** The primary key, or what the server takes for it: its first unique key that nothing can be NULL or cut short in. */
function keyOf(parts: readonly TextRow[]): readonly string[] {
  const keys = Map.groupBy(parts, ({ Key_name }) => Key_name)
  const isFit = (part: TextRow): boolean => part.Non_unique === '0' && part.Null !== 'YES' && part.Sub_part === null
  const key = keys.get('PRIMARY') ?? [...keys.values()].find((candidate) => candidate.every(isFit)) ?? []
  return key.map(({ Column_name }) => Column_name ?? '')
}

function columnType(row: TextRow): ColumnType {
  const { type: name = '', declared, charset, characters, digits, scale, fraction, version } = row
  const text = declared ?? ''
  const plain = { name: 'binary', isUnsigned: false, length: 0, scale: 0, charset: null, labels: [] } as const
  const bytes = BYTES_OF[name ?? '']
  if (bytes !== undefined) return { ...plain, length: bytes }
  const inBrackets = Number(/\((\d+)/.exec(text)?.[1] ?? 0)
  if (name === 'vector' && version?.includes('MariaDB')) {
    return { ...plain, name: 'varbinary', length: inBrackets * VECTOR_ELEMENT_BYTES }
  }
  const known = typeName(name ?? '')
  const isText = charset !== null && charset !== undefined && charset !== 'binary'
  return {
    name: known,
    isUnsigned: / unsigned\b/.test(text) && known !== 'enum' && known !== 'set',
    length: known === 'vector' ? inBrackets : Number(characters ?? digits ?? 0),
    scale: Number(fraction ?? scale ?? 0),
    charset: isText && known !== 'json' ? charset : null,
    labels: known === 'enum' || known === 'set' ? labelsOf(text) : [],
  }
}

function typeName(name: string): TypeName {
  const found = TYPE_NAMES.find((known) => known === name)
  // A type of a server to come is read as what it is shown as.
  return name === 'geomcollection' ? 'geometrycollection' : (found ?? 'longtext')
}

const ESCAPES: Readonly<Record<string, string>> = { "''": "'", '\\0': '\0', '\\n': '\n', '\\r': '\r', '\\\\': '\\' }

function labelsOf(declared: string): readonly string[] {
  const quoted = declared.match(/'(?:[^'\\]|''|\\.)*'/gs) ?? []
  return quoted.map((label) => label.slice(1, -1).replace(/''|\\./gs, (escaped) => ESCAPES[escaped] ?? escaped))
}
