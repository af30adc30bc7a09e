import { expect, test } from 'vitest'
import { fieldConflictId, isFieldConflictKey } from '../../src/core/field-conflict.ts'
import { fieldsFromJson, fieldsToJson } from '../../src/core/field-json.ts'
import { itemMark } from '../../src/core/item-mark.ts'
import { Exact, type Fields } from '../../src/core/value.ts'
import { wallTime } from '../../src/core/wall-time.ts'

const mysql = { stage: 'live', score: new Exact('1.50'), assessed_at: '2025-11-23 10:00:00' }
const dynamodb = { stage: 'draft', score: 2, assessed_at: '2025-11-24T10:00:00.5Z' }
const pull = { connector: 'products', twin: 'products-back', row: 'p1', group: 'assessment', mysql, dynamodb }

test('both directions give a conflict the same id, whatever form their versions have', () => {
  const push = {
    ...{ ...pull, connector: 'products-back', twin: 'products' },
    mysql: { assessed_at: '2025-11-23T10:00:00.000Z', score: 1.5, stage: 'live', note: null },
    dynamodb: { assessed_at: '2025-11-24T12:00:00.500+02:00', score: 2n, stage: 'draft' },
  }
  expect(fieldConflictId(push)).toBe(fieldConflictId(pull))
  expect(fieldConflictId(pull)).toMatch(/^[0-9a-f]{16}$/u)
})

test('another pair, row, group or version has another id', () => {
  const others = [
    pull,
    { ...pull, twin: 'other' },
    { ...pull, row: 'p2' },
    { ...pull, group: 'price' },
    { ...pull, mysql: { ...mysql, stage: 'draft' } },
    { ...pull, dynamodb: { ...dynamodb, assessed_at: '2025-11-24T10:00:00.500001Z' } },
    { ...pull, mysql: dynamodb, dynamodb: mysql },
  ]
  expect(new Set(others.map(fieldConflictId)).size).toBe(others.length)
})

test('the key of a clash of identities is none of theirs', () => {
  expect(isFieldConflictKey(`${'0'.repeat(16)} products`)).toBe(true)
  expect(isFieldConflictKey(`${'0'.repeat(16)} products open`)).toBe(true)
  expect(isFieldConflictKey('restaurant_data RESTAURANT#1 EMAIL#a@b c1')).toBe(false)
})

test('fields come back from their JSON as they were', () => {
  const fields: Fields = {
    ...{ text: 'x', none: null, yes: true, number: 1.5, large: 2n ** 70n, exact: new Exact('1.50'), odd: Number.NaN },
    ...{ bytes: new Uint8Array([1, 255]), list: [1n, ['a'], { $exact: 'x' }], map: { $bytes: 'x', inner: { a: 1n } } },
    $number: 'a name that looks like ours',
  }
  expect(fieldsFromJson(fieldsToJson(fields))).toEqual(fields)
})

test.each([
  ['2025-11-23 10:00:00', '2025-11-23T10:00:00Z'],
  ['2025-11-23T10:00:00.000Z', '2025-11-23T10:00:00Z'],
  ['2025-11-23T10:00', '2025-11-23T10:00:00Z'],
  ['2025-11-23T01:00:00.123450-0900', '2025-11-23T10:00:00.12345Z'],
])('%s is the moment %s', (given, text) => {
  expect(wallTime(given)?.text).toBe(text)
})

test('what is finer than a millisecond still orders two times', () => {
  expect(wallTime('2025-11-23 10:00:00.000002')?.ms).toBeGreaterThan(wallTime('2025-11-23 10:00:00.000001')?.ms ?? 0)
})

test.each([
  '2025-11-23',
  '2025-02-30 10:00:00',
  '0000-00-00 00:00:00',
  'soon',
  '2025-11-23 25:00:00',
  ' 2025-11-23 10:00',
])('%s is no time', (given) => {
  expect(wallTime(given)).toBeNull()
})

test("an item's mark is of its key and nothing else", () => {
  expect(itemMark(['product', '7'])).toBe('2e76229652f4')
  expect(itemMark(['product7'])).not.toBe(itemMark(['product', '7']))
})
