// A row image: one row's values as bytes, decoded when somebody asks for a column. The bytes are the Avro body of a
// record whose fields are the shape's columns: key columns plain, all others a union of null and their primitive. So
// a source may write them straight from its own bytes, and the log frames them without looking inside.

import { asBuffer } from './as-buffer.ts'
import { blank } from './blank.ts'
import { Output } from './output.ts'
import { type Kind, primitive, type TableShape } from './table.ts'
import { integer, type Row, type Value } from './value.ts'

export class RowImage {
  readonly shape: TableShape
  readonly bytes: Uint8Array
  #row: Row | undefined

  constructor(shape: TableShape, bytes: Uint8Array) {
    this.shape = shape
    this.bytes = bytes
  }

  get row(): Row {
    this.#row ??= decodeRow(this.shape, this.bytes)
    return this.#row
  }
}

/** How the columns of a shape lie in its images. */
interface Layout {
  readonly name: string
  readonly kind: Kind
  readonly as: ReturnType<typeof primitive>
  readonly isNullable: boolean
}

interface Rows {
  readonly layout: readonly Layout[]
  readonly none: Row
}

const rowsOf = new WeakMap<TableShape, Rows>()

function rowsIn(shape: TableShape): Rows {
  const known = rowsOf.get(shape)
  if (known !== undefined) return known
  const layout = shape.columns.map(({ name, kind }) => ({
    ...{ name, kind, as: primitive(kind) },
    isNullable: !shape.key.includes(name),
  }))
  const rows = { layout, none: blank(layout.map(({ name }) => name)) }
  rowsOf.set(shape, rows)
  return rows
}

function decodeRow(shape: TableShape, bytes: Uint8Array): Row {
  const at = { bytes: asBuffer(bytes), next: 0 }
  const { layout, none } = rowsIn(shape)
  const row: Record<string, Value> = { ...none }
  for (const column of layout) {
    const isNull = column.isNullable && at.bytes[at.next++] === 0
    if (!isNull) row[column.name] = decodeValue(column, at)
  }
  return row
}

interface Reading {
  readonly bytes: Buffer
  next: number
}

function decodeValue({ kind, as }: Layout, at: Reading): Value {
  switch (as) {
    case 'int':
    case 'long':
      return decodeLong(at)
    case 'float':
      at.next += 4
      return at.bytes.readFloatLE(at.next - 4)
    case 'double':
      at.next += 8
      return at.bytes.readDoubleLE(at.next - 8)
    case 'bytes':
      return Uint8Array.from(decodeBytes(at))
    case 'string': {
      const length = Number(decodeLong(at))
      at.next += length
      const text = at.bytes.toString('utf8', at.next - length, at.next)
      return kind === 'ulong' || kind === 'bits' ? integer(text) : text
    }
  }
}

function decodeBytes(at: Reading): Buffer {
  const length = Number(decodeLong(at))
  at.next += length
  return at.bytes.subarray(at.next - length, at.next)
}

function decodeLong(at: Reading): number | bigint {
  let low = 0
  let factor = 1
  for (let count = 0; count < 7; count++) {
    const byte = at.bytes[at.next++] ?? 0
    low += (byte & 127) * factor
    factor *= 128
    if (byte < 128) return low % 2 === 0 ? low / 2 : -(low + 1) / 2
  }
  let wide = BigInt(low)
  for (let shift = 49n; ; shift += 7n) {
    const byte = at.bytes[at.next++] ?? 0
    wide |= BigInt(byte & 127) << shift
    if (byte < 128) break
  }
  const value = (wide >> 1n) ^ -(wide & 1n)
  const short = Number(value)
  return Number.isSafeInteger(short) ? short : value
}

const output = new Output()
/** Of a number, or of a length, and of the union around either. */
const VALUE_BYTES_MAX = 12
const SHORT_MAX = 2 ** 31

/** Encodes a row given as values; for sources that have no bytes of their own to transcode. */
export function encodeRow(shape: TableShape, row: Row): Uint8Array {
  output.begin(shape.columns.reduce((sum, { name }) => sum + bytesMax(row[name] ?? null), 0))
  for (const { name, kind } of shape.columns) {
    const value = row[name] ?? null
    if (!shape.key.includes(name)) output.byte(value === null ? 0 : 2)
    else if (value === null) throw new TypeError(`key column ${name} of ${shape.name} is null`)
    if (value !== null) encodeValue(primitive(kind), value)
  }
  return output.end()
}

function bytesMax(value: Value): number {
  if (value === null) return 1
  return VALUE_BYTES_MAX + (value instanceof Uint8Array ? value.length : 3 * String(value).length)
}

function encodeValue(as: ReturnType<typeof primitive>, value: Exclude<Value, null>): void {
  if (as === 'float') output.float(Number(value))
  else if (as === 'double') output.double(Number(value))
  else if (as === 'int' || as === 'long') encodeLong(value as number | bigint)
  else if (value instanceof Uint8Array) {
    output.long(value.length)
    output.raw(value)
  } else output.text(String(value))
}

function encodeLong(value: number | bigint): void {
  const isShort = Number.isInteger(value) && Math.abs(Number(value)) < SHORT_MAX
  if (isShort) output.long(Number(value))
  else output.wide(BigInt(value))
}
