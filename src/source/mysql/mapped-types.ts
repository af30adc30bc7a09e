// The declared types behind the columns of a TABLE_MAP event. What its metadata says is given per family of types
// (numeric, text, labelled), so the columns of each are counted as they are passed.

import { type ColumnType, GEOMETRY_TYPES, type TypeName } from '../../mysql/column-type.ts'
import { charset } from './charset.ts'
import { charsetOfCollation } from './collation.ts'
import { labelText } from './label-text.ts'
import { type MappedColumn, type TableMap, TYPE } from './table-map.ts'
import type { Collations } from './table-metadata.ts'
import { unreadable } from './unreadable.ts'

const BLOB_NAMES = ['blob', 'tinyblob', 'blob', 'mediumblob', 'longblob'] as const
const TEXT_NAMES = ['text', 'tinytext', 'text', 'mediumtext', 'longtext'] as const

const NUMBER_NAMES: Readonly<Record<number, TypeName>> = {
  [TYPE.tiny]: 'tinyint',
  [TYPE.short]: 'smallint',
  [TYPE.int24]: 'mediumint',
  [TYPE.long]: 'int',
  [TYPE.longlong]: 'bigint',
  [TYPE.float]: 'float',
  [TYPE.double]: 'double',
  [TYPE.year]: 'year',
}

const NOTHING: Omit<ColumnType, 'name'> = { isUnsigned: false, length: 0, scale: 0, charset: null, labels: [] }

export function mappedTypes(map: TableMap, isMariadb: boolean): readonly ColumnType[] {
  const families = new Families(map, isMariadb)
  return map.columns.map((column) => families.typeOf(column))
}

class Families {
  readonly #map: TableMap
  readonly #isMariadb: boolean
  #numbers = 0
  #texts = 0
  #labelled = 0
  #enums = 0
  #sets = 0
  #geometries = 0
  #vectors = 0

  constructor(map: TableMap, isMariadb: boolean) {
    this.#map = map
    this.#isMariadb = isMariadb
  }

  typeOf(column: MappedColumn): ColumnType {
    const { code, first, second } = column
    const { metadata } = this.#map
    switch (code) {
      case TYPE.date:
        return { ...NOTHING, name: 'date' }
      case TYPE.time:
        return { ...NOTHING, name: 'time', scale: first }
      case TYPE.datetime:
        return { ...NOTHING, name: 'datetime', scale: first }
      case TYPE.timestamp:
        return { ...NOTHING, name: 'timestamp', scale: first }
      case TYPE.bit:
        return { ...NOTHING, name: 'bit', length: second * 8 + first }
      case TYPE.json:
        return { ...NOTHING, name: 'json' }
      case TYPE.vector:
        return { ...NOTHING, name: 'vector', length: metadata.dimensions[this.#vectors++] ?? 0 }
      case TYPE.decimal:
        return { ...NOTHING, name: 'decimal', length: first, scale: second, isUnsigned: this.#isUnsigned() }
      case TYPE.geometry:
        return this.#geometry()
      case TYPE.enum:
        return this.#labelledType('enum', metadata.enums[this.#enums++])
      case TYPE.set:
        return this.#labelledType('set', metadata.sets[this.#sets++])
    }
    const name = NUMBER_NAMES[code]
    // The server counts years among the numbers, as unsigned ones.
    if (name !== undefined) return { ...NOTHING, name, isUnsigned: this.#isUnsigned() && name !== 'year' }
    return this.#string(column)
  }

  #isUnsigned(): boolean {
    const index = this.#numbers++
    return ((this.#map.metadata.signs[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
  }

  #geometry(): ColumnType {
    // MariaDB gives geometries a collation, as if they were text.
    if (this.#isMariadb) this.#texts++
    const number = this.#map.metadata.geometries[this.#geometries++] ?? 0
    return { ...NOTHING, name: GEOMETRY_TYPES[number] ?? 'geometry' }
  }

  #labelledType(name: 'enum' | 'set', labels: readonly Buffer[] = []): ColumnType {
    const set = this.#charset(this.#map.metadata.labelCollations, this.#labelled++)
    return { ...NOTHING, name, charset: set, labels: labels.map((label) => labelText(label, set)) }
  }

  #string({ code, first }: MappedColumn): ColumnType {
    const set = this.#charset(this.#map.metadata.collations, this.#texts++)
    const isBytes = set === 'binary'
    const declared = { ...NOTHING, charset: isBytes ? null : set }
    switch (code) {
      case TYPE.blob:
      case TYPE.blobCompressed:
        return { ...declared, name: (isBytes ? BLOB_NAMES : TEXT_NAMES)[first] ?? 'blob' }
      case TYPE.string:
        return { ...declared, name: isBytes ? 'binary' : 'char', length: inCharacters(first, set) }
      default: {
        // A compressed column's length counts the byte that says how it is compressed.
        const bytes = code === TYPE.varcharCompressed ? first - 1 : first
        return { ...declared, name: isBytes ? 'varbinary' : 'varchar', length: inCharacters(bytes, set) }
      }
    }
  }

  #charset(collations: Collations, index: number): string {
    const collation = collations.byIndex.get(index) ?? collations.default
    const found = charsetOfCollation(collation)
    if (found !== null) return found
    const { database, table } = this.#map
    throw unreadable(
      `${database}.${table} uses collation ${collation}, which is unknown.`,
      'Give its columns a collation that comes with the server',
    )
  }
}

function inCharacters(bytes: number, set: string): number {
  return Math.floor(bytes / charset(set).bytesMax)
}
