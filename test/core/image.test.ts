import { Type } from 'avsc'
import { describe, expect, test } from 'vitest'
import { encodeRow, RowImage } from '../../src/core/image.ts'
import { type Column, primitive, type TableShape } from '../../src/core/table.ts'

const columns: Column[] = [
  { name: 'id', kind: 'long', type: 'bigint' },
  { name: 'small', kind: 'int', type: 'int' },
  { name: 'big', kind: 'ulong', type: 'bigint unsigned' },
  { name: 'price', kind: 'decimal', type: 'decimal(30,10)' },
  { name: 'half', kind: 'float', type: 'float' },
  { name: 'real', kind: 'double', type: 'double' },
  { name: 'words', kind: 'text', type: 'text' },
  { name: 'raw', kind: 'bytes', type: 'blob' },
]
const shape: TableShape = { database: 'app', name: 't', columns, key: ['id'] }

const row = {
  id: -9223372036854775808n,
  small: -2147483648,
  big: 18446744073709551615n,
  price: '-0.0000000001',
  half: 1.5,
  real: 5e-324,
  words: 'naïve 🍜',
  raw: Uint8Array.of(0, 255),
}

describe('a row image', () => {
  test('gives back every value exactly', () => {
    expect(new RowImage(shape, encodeRow(shape, row)).row).toEqual(row)
  })

  test.each([
    0n,
    -1n,
    63n,
    -64n,
    64n,
    2n ** 31n,
    2n ** 48n,
    -(2n ** 48n) - 1n,
    2n ** 49n,
    2n ** 53n - 1n,
    2n ** 53n,
    -(2n ** 53n),
    2n ** 62n,
    2n ** 63n - 1n,
  ])('holds the long %s', (id) => {
    const found = new RowImage(shape, encodeRow(shape, { ...row, id })).row.id
    expect(BigInt(found as number | bigint)).toBe(id)
    expect(typeof found).toBe(Number.isSafeInteger(Number(id)) ? 'number' : 'bigint')
  })

  test('keeps nulls apart from empty values', () => {
    const empty = {
      id: 1,
      small: null,
      big: null,
      price: null,
      half: null,
      real: null,
      words: '',
      raw: new Uint8Array(),
    }
    expect(new RowImage(shape, encodeRow(shape, empty)).row).toEqual(empty)
  })

  test('is the Avro body of a record with the same fields', () => {
    const fields = columns.map(({ name, kind }) => ({
      name,
      type: name === 'id' ? primitive(kind) : ['null', primitive(kind)],
    }))
    const type = Type.forSchema({ type: 'record', name: 'Value', fields } as never, { wrapUnions: false })
    const plain = { ...row, id: 7, big: String(row.big), raw: Buffer.from(row.raw) }
    expect(Buffer.from(encodeRow(shape, plain))).toEqual(type.toBuffer(plain))
  })

  test('refuses a key without a value', () => {
    expect(() => encodeRow(shape, { ...row, id: null })).toThrow('key column id of t is null')
  })
})
