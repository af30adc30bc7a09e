// A column's declared type, as far as the binary log and information_schema both know it. What is derived from it is
// therefore the same whichever of the two it was read from.

import type { Kind } from '../core/table.ts'

const INTEGERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'] as const
const TEXTS = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'] as const
const BINARIES = ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'vector'] as const
const GEOMETRIES = [
  ...(['geometry', 'point', 'linestring', 'polygon', 'multipoint'] as const),
  ...(['multilinestring', 'multipolygon', 'geometrycollection'] as const),
] as const
const TIMES = ['time', 'datetime', 'timestamp'] as const
const OTHERS = ['float', 'double', 'decimal', 'bit', 'date', 'json', 'enum', 'set'] as const

export const TYPE_NAMES = [...INTEGERS, ...TEXTS, ...BINARIES, ...GEOMETRIES, ...TIMES, ...OTHERS] as const
export type TypeName = (typeof TYPE_NAMES)[number]
/** By the number the binary log has for each. */
export const GEOMETRY_TYPES: readonly TypeName[] = GEOMETRIES

export interface ColumnType {
  readonly name: TypeName
  readonly isUnsigned: boolean
  /** Characters of char and varchar, bytes of binary and varbinary, bits, digits, dimensions; 0 for types without. */
  readonly length: number
  /** Digits behind the point, of decimals and of seconds. */
  readonly scale: number
  /** Of text, enum and set; null where there is none. */
  readonly charset: string | null
  readonly labels: readonly string[]
}

const WHOLE: ReadonlySet<TypeName> = new Set(['bit', ...INTEGERS])

/** Whether its values are whole numbers, bits among them. */
export function isWhole({ name }: ColumnType): boolean {
  return WHOLE.has(name)
}

export function kindOf({ name, isUnsigned }: ColumnType): Kind {
  switch (name) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'year':
      return 'int'
    case 'int':
      return isUnsigned ? 'long' : 'int'
    case 'bigint':
      return isUnsigned ? 'ulong' : 'long'
    case 'bit':
      return 'bits'
    case 'float':
    case 'double':
    case 'decimal':
    case 'date':
    case 'time':
    case 'datetime':
    case 'timestamp':
    case 'json':
    case 'enum':
    case 'set':
      return name
  }
  return isOneOf(TEXTS, name) ? 'text' : 'bytes'
}

/** The servers' own catalogues show a question mark for what lies beyond the first 65,536 characters. */
const BEYOND_CATALOGUE = /[\u{10000}-\u{10ffff}]/gu

/** As a person would declare it. */
export function typeText(type: ColumnType): string {
  const { name, length, scale, labels } = type
  switch (name) {
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
    case 'bit':
    case 'vector':
      return `${name}(${length})`
    case 'decimal':
      return `${name}(${length},${scale})${type.isUnsigned ? ' unsigned' : ''}`
    case 'time':
    case 'datetime':
    case 'timestamp':
      return scale === 0 ? name : `${name}(${scale})`
    case 'enum':
    case 'set':
      return `${name}(${labels.map(quoted).join(',')})`
    case 'year':
      return name
  }
  return type.isUnsigned ? `${name} unsigned` : name
}

function quoted(label: string): string {
  return `'${label.replaceAll("'", "''").replace(BEYOND_CATALOGUE, '?')}'`
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name)
}
