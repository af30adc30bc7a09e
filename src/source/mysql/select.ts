// Rows by SELECT as row images, byte for byte those that the binary log leads to: for backfills and lookups.

import { MillraceError } from '../../core/errors.ts'
import { RowImage } from '../../core/image.ts'
import { keyShape, type TableShape } from '../../core/table.ts'
import { kindOf, typeText } from '../../mysql/column-type.ts'
import { type NamedColumn, type Query, readColumns, type TableColumns } from '../../mysql/read-columns.ts'
import { ImageWriter } from '../image-writer.ts'
import { KeyBounds } from './key-bounds.ts'
import { type Selected, selected } from './selected.ts'

/** A value in the bytes that the text protocol has for it: what `typeCast` has to give of each field. */
export type RawValue = Buffer | null

export interface SelectedRow {
  readonly keyImage: RowImage
  readonly image: RowImage
  /** Why the image is not all that the source holds; null when it is. */
  readonly fault: string | null
}

const writer = new ImageWriter()

/** What to ask a table for, and what to make of the answer. */
export class RowSelect {
  readonly shape: TableShape
  /** What stands between SELECT and FROM. */
  readonly list: string
  readonly #keyShape: TableShape
  readonly #keyBounds: KeyBounds
  readonly #columns: readonly NamedColumn[]
  readonly #selected: readonly (Selected & { readonly keyIndex: number })[]

  private constructor(shape: TableShape, columns: readonly NamedColumn[]) {
    this.shape = shape
    this.#keyShape = keyShape(shape)
    this.#keyBounds = new KeyBounds(shape.key.length)
    this.#columns = columns
    this.#selected = columns.map(({ name, type }) => ({
      ...selected(name, type, `${shape.database}.${shape.name}.${name}`),
      keyIndex: shape.key.indexOf(name),
    }))
    this.list = this.#selected.map(({ expression }) => expression).join(', ')
  }

  /** Of all columns. */
  static async open(query: Query, database: string, table: string): Promise<RowSelect> {
    const known = await readColumns(query, database, table)
    return new RowSelect(shapeOf(database, table, known), known.columns)
  }

  /** The key's columns, in key order. */
  get key(): readonly NamedColumn[] {
    return this.shape.key.flatMap((name) => this.#columns.filter((column) => column.name === name))
  }

  /** Of some columns, in the order given; such rows have no key of their own. */
  pick(names: readonly string[]): RowSelect {
    const { database, name: table } = this.shape
    const columns = names.map((name) => {
      const column = this.#columns.find((one) => one.name === name)
      if (column !== undefined) return column
      throw new MillraceError('CONNECTOR_COLUMN_MISSING', `${database}.${table} has no column ${name}.`)
    })
    return new RowSelect(shapeOf(database, table, { columns, key: [] }), columns)
  }

  /** `values` are those of `list`, in order. */
  row(values: readonly RawValue[]): SelectedRow {
    const keyBounds = this.#keyBounds
    writer.begin()
    this.#selected.forEach(({ keyIndex, write }, index) => {
      const value = values[index] ?? null
      if (keyIndex >= 0) keyBounds.begin(keyIndex, writer)
      else writer.byte(value === null ? 0 : 2)
      if (value !== null) write(value, writer)
      if (keyIndex >= 0) keyBounds.end(keyIndex, writer)
    })
    const { fault } = writer
    const image = writer.end()
    return {
      keyImage: new RowImage(this.#keyShape, keyBounds.cut(image, writer)),
      image: new RowImage(this.shape, image),
      fault,
    }
  }
}

function shapeOf(database: string, name: string, { columns, key }: TableColumns): TableShape {
  if (columns.length === 0) throw new MillraceError('MYSQL_UNFIT', `There is no table ${database}.${name}.`)
  return {
    database,
    name,
    columns: columns.map((column) => ({ name: column.name, kind: kindOf(column.type), type: typeText(column.type) })),
    key,
  }
}
