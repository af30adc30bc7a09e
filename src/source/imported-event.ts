// Rows from outside as change events: what a row is called, its fields as values, or why it is set aside. A row that is
// set aside keeps what it said, so that a person can see it.

import { blank } from '../core/blank.ts'
import { ChangeEvent } from '../core/event.ts'
import { RowImage } from '../core/image.ts'
import { type Imported, type ImportedField, importedValue, kindOfField } from '../core/imported.ts'
import { BY_RUN, BY_VERSION, importsDatabase, NAME_COLUMN, PLACE_COLUMN, SAID_COLUMN } from '../core/imported-row.ts'
import { type Position, position } from '../core/position.ts'
import { type Column, keyShape, primitive, type TableShape } from '../core/table.ts'
import type { Row, Value } from '../core/value.ts'
import { ImageWriter } from './image-writer.ts'

/** One row as its source has it. */
export interface RowSaid {
  /** Counted from 1: a line of a file, an object of a list. */
  readonly place: number
  /** Texts by the names of fields; null for none. */
  readonly texts: Readonly<Record<string, string | null>>
  /** All of it, for people; asked for when the row is set aside. */
  readonly said: () => string
  /** Why it cannot be read, where that is so. */
  readonly fault: string | null
  /** Where the source counts the versions of a row; without one, what was ordered later is newer. */
  readonly version?: bigint | null
  /** The source says that the row is deleted: nothing but what names it has to be right. */
  readonly isGone?: boolean
}

export interface ImportedEventsOptions {
  readonly connector: string
  readonly table: string
  readonly imported: Imported
  /** Names the source, for people. */
  readonly origin: string
  /** When the run was ordered: what a later one brings is newer. */
  readonly orderedAtMs: number
  readonly run: string
}

const DIGITS = 12
const VERSION_DIGITS = 16
const SAID_MAX = 2_000

interface FieldColumn {
  readonly column: Column
  readonly field: ImportedField
}

const NO_FIELDS: readonly FieldColumn[] = []
/** The last two digits of a place. */
const TAILS = Array.from({ length: 256 }, (_, tail) => tail.toString(16).padStart(2, '0'))

export class ImportedEvents {
  readonly #options: ImportedEventsOptions
  readonly #shape: TableShape
  readonly #keyShape: TableShape
  readonly #fields: readonly FieldColumn[]
  readonly #none: Row
  readonly #writer = new ImageWriter()
  /** How the positions of all rows without a version begin. */
  readonly #ordered: Position
  /** Of the places that have all but their tails in common. */
  #stretch: { readonly number: number; readonly begins: Position } = { number: -1, begins: '' }

  constructor(options: ImportedEventsOptions) {
    this.#options = options
    this.#ordered = position(BY_RUN, [{ value: options.orderedAtMs, digits: DIGITS }])
    this.#shape = importedShape(options)
    this.#keyShape = keyShape(this.#shape)
    this.#fields = this.#shape.columns.flatMap((column) => {
      const field = options.imported.fields[column.name]
      return field === undefined ? [] : [{ column, field }]
    })
    this.#none = blank(this.#fields.map(({ column }) => column.name))
  }

  get table(): string {
    return this.#options.table
  }

  get run(): string {
    return this.#options.run
  }

  event(row: RowSaid): ChangeEvent {
    const values: Record<string, Value> = { ...this.#none }
    const faults: string[] = row.fault === null ? [] : [row.fault]
    for (const { column, field } of row.fault === null ? this.#fields : NO_FIELDS) {
      const { name } = column
      try {
        values[name] = importedValue(name, field, row.texts[name] ?? null)
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error))
      }
    }
    const name = this.#nameOf(values)
    if (name === null && faults.length === 0) faults.push(`it has none of what names a row: ${this.#wantedNames()}`)
    const isSound = faults.length === 0 || (row.isGone === true && name !== null)
    return this.#event(row, { name: name ?? `row ${row.place}`, values, fault: isSound ? null : faults.join('; ') })
  }

  #nameOf(values: Row): string | null {
    for (const names of this.#options.imported.names) {
      const [only = ''] = names
      const value = values[only] ?? null
      if (names.length === 1 && value !== null) return String(value)
      const parts = names.map((name) => values[name] ?? null)
      if (parts.every((part) => part !== null)) return JSON.stringify(parts.map(String))
    }
    return null
  }

  #wantedNames(): string {
    return this.#options.imported.names.map((names) => names.join(' and ')).join(', or ')
  }

  #event(
    row: RowSaid,
    { name, values, fault }: { readonly name: string; readonly values: Row; readonly fault: string | null },
  ): ChangeEvent {
    const { origin, orderedAtMs, run } = this.#options
    const { place } = row
    const isGone = row.isGone === true && fault === null
    const writer = this.#writer
    writer.begin()
    writer.text(name)
    const keyBytes = writer.length
    optional(writer, 'int', place)
    optional(writer, 'string', fault === null ? null : row.said().slice(0, SAID_MAX))
    for (const { column } of this.#fields) optional(writer, primitive(column.kind), values[column.name] ?? null)
    const bytes = writer.end()
    const image = new RowImage(this.#shape, bytes)
    return new ChangeEvent({
      shape: this.#shape,
      op: isGone ? 'delete' : 'read',
      // The key is the first of its columns.
      keyImage: new RowImage(this.#keyShape, bytes.subarray(0, keyBytes)),
      beforeImage: isGone ? image : null,
      afterImage: isGone ? null : image,
      position: this.#position(row),
      changedAtMs: orderedAtMs,
      origin,
      whereabouts: { gtid: null, file: origin, offset: place, row: 0, serverId: 0 },
      run,
      fault,
    })
  }

  /** One version has one position, whenever it is read: an older one never gets over a newer one. */
  #position({ place, version = null }: RowSaid): Position {
    if (version !== null) return position(BY_VERSION, [{ value: version, digits: VERSION_DIGITS }])
    const number = Math.floor(place / TAILS.length)
    if (this.#stretch.number !== number)
      this.#stretch = { number, begins: this.#ordered + number.toString(16).padStart(DIGITS - 2, '0') }
    return this.#stretch.begins + TAILS[place % TAILS.length]
  }
}

function importedShape({ connector, table, imported: { fields } }: ImportedEventsOptions): TableShape {
  return {
    database: importsDatabase(connector),
    name: table,
    key: [NAME_COLUMN],
    columns: [
      { name: NAME_COLUMN, kind: 'text', type: 'text' },
      { name: PLACE_COLUMN, kind: 'long', type: 'bigint' },
      { name: SAID_COLUMN, kind: 'text', type: 'text' },
      ...Object.entries(fields).map(([name, field]) => ({ name, kind: kindOfField(field), type: field.type })),
    ],
  }
}

function optional(writer: ImageWriter, as: ReturnType<typeof primitive>, value: Value): void {
  writer.byte(value === null ? 0 : 2)
  if (value === null) return
  if (typeof value === 'bigint') writer.wideLong(Number(value >> 32n), Number(value & 0xffff_ffffn))
  else if (as === 'int' || as === 'long') writer.long(Number(value))
  else writer.text(String(value))
}
