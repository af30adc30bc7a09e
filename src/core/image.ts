// A row image: one row's values as bytes, decoded when somebody asks for a column. The bytes are the Avro body of a
// record whose fields are the shape's columns: key columns plain, all others a union of null and their primitive. So
// a source may write them straight from its own bytes, and the log frames them without looking inside.

import { primitive, type TableShape } from './table.ts'
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

const scratch = new DataView(new ArrayBuffer(8))

function decodeRow(shape: TableShape, bytes: Uint8Array): Row {
  const at = { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), next: 0 }
  const row: Record<string, Value> = {}
  for (const column of shape.columns) {
    const isNull = !shape.key.includes(column.name) && at.bytes[at.next++] === 0
    row[column.name] = isNull ? null : decodeValue(column.kind, at)
  }
  return row
}

interface Reading {
  readonly bytes: Buffer
  next: number
}

function decodeValue(kind: TableShape['columns'][number]['kind'], at: Reading): Value {
  switch (primitive(kind)) {
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
      const text = decodeBytes(at).toString('utf8')
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

/** Encodes a row given as values; for sources that have no bytes of their own to transcode. */
export function encodeRow(shape: TableShape, row: Row): Uint8Array {
  const parts: Buffer[] = []
  for (const column of shape.columns) {
    const value = row[column.name] ?? null
    if (!shape.key.includes(column.name)) parts.push(Buffer.from([value === null ? 0 : 2]))
    else if (value === null) throw new TypeError(`key column ${column.name} of ${shape.name} is null`)
    if (value !== null) parts.push(...encodeValue(primitive(column.kind), value))
  }
  return Buffer.concat(parts)
}

function encodeValue(as: ReturnType<typeof primitive>, value: Exclude<Value, null>): Buffer[] {
  switch (as) {
    case 'int':
    case 'long':
      return [encodeLong(BigInt(value as number | bigint))]
    case 'float':
      scratch.setFloat32(0, Number(value), true)
      return [Buffer.from(scratch.buffer.slice(0, 4))]
    case 'double':
      scratch.setFloat64(0, Number(value), true)
      return [Buffer.from(scratch.buffer.slice(0, 8))]
    default: {
      const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))
      return [encodeLong(BigInt(bytes.length)), bytes]
    }
  }
}

function encodeLong(value: bigint): Buffer {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  const out: number[] = []
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  out.push(Number(rest))
  return Buffer.from(out)
}
