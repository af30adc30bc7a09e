// What binlog_row_metadata=FULL adds to a TABLE_MAP event: signs, names, character sets, labels and the primary key.

import { ByteReader } from './byte-reader.ts'

const FIELD = {
  signs: 1,
  defaultCollation: 2,
  columnCollations: 3,
  columnNames: 4,
  setLabels: 5,
  enumLabels: 6,
  geometryTypes: 7,
  primaryKey: 8,
  primaryKeyWithPrefixes: 9,
  defaultLabelCollation: 10,
  columnLabelCollations: 11,
  visibility: 12,
  dimensions: 13,
} as const

/** Collations of the columns that have one, counted among themselves. */
export interface Collations {
  readonly default: number
  readonly byIndex: ReadonlyMap<number, number>
}

export interface TableMetadata {
  /** One bit for each numeric column, set where it is unsigned. */
  readonly signs: Buffer
  readonly collations: Collations
  readonly labelCollations: Collations
  /** Null when the server was not told to write them. */
  readonly names: readonly string[] | null
  readonly enums: readonly (readonly Buffer[])[]
  readonly sets: readonly (readonly Buffer[])[]
  readonly geometries: readonly number[]
  readonly dimensions: readonly number[]
  /** Indexes of columns, in key order. */
  readonly key: readonly number[]
}

export function readTableMetadata(body: Buffer, start: number): TableMetadata {
  const fields = new Map<number, Buffer>()
  const from = new ByteReader(body, start)
  while (from.at < body.length) {
    const field = from.uint8()
    fields.set(field, from.bytes(from.packed()))
  }
  const names = fields.get(FIELD.columnNames)
  const numbers = (field: number): readonly number[] => list(fields.get(field), (one) => one.packed())
  const labels = (field: number): readonly (readonly Buffer[])[] => list(fields.get(field), readLabels)
  return {
    signs: fields.get(FIELD.signs) ?? Buffer.alloc(0),
    collations: collations(numbers(FIELD.defaultCollation), numbers(FIELD.columnCollations)),
    labelCollations: collations(numbers(FIELD.defaultLabelCollation), numbers(FIELD.columnLabelCollations)),
    names: names === undefined ? null : list(names, (one) => one.bytes(one.packed()).toString('utf8')),
    enums: labels(FIELD.enumLabels),
    sets: labels(FIELD.setLabels),
    geometries: numbers(FIELD.geometryTypes),
    dimensions: numbers(FIELD.dimensions),
    key: key(numbers(FIELD.primaryKey), numbers(FIELD.primaryKeyWithPrefixes)),
  }
}

function list<One>(field: Buffer | undefined, read: (from: ByteReader) => One): readonly One[] {
  const found: One[] = []
  if (field === undefined) return found
  for (const from = new ByteReader(field); from.at < field.length; ) found.push(read(from))
  return found
}

function readLabels(from: ByteReader): readonly Buffer[] {
  return Array.from({ length: from.packed() }, () => from.bytes(from.packed()))
}

/** Either the default and the columns that differ from it, or all of them one by one. */
function collations([first = 0, ...pairs]: readonly number[], each: readonly number[]): Collations {
  const byIndex = new Map(each.entries())
  for (let index = 0; index + 1 < pairs.length; index += 2) byIndex.set(pairs[index] ?? 0, pairs[index + 1] ?? 0)
  return { default: first, byIndex }
}

/** With prefixes each column is followed by how much of it is in the key; 0 for all of it. */
function key(plain: readonly number[], withPrefixes: readonly number[]): readonly number[] {
  return plain.length > 0 ? plain : withPrefixes.filter((_, index) => index % 2 === 0)
}
