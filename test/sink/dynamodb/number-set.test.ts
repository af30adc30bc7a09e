import { expect, test } from 'vitest'
import { decodeNumbers, encodeNumbers } from '../../../src/sink/dynamodb/number-set.ts'
import { Random } from '../../support/random.ts'

test('whatever numbers went in are in it, and no others', () => {
  const random = new Random()
  const numbers = new Set([0, -1, 1, 127, 128, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
  for (let count = 0; count < 5_000; count++) numbers.add(Math.floor(random.next() * 10 ** random.below(16)))
  const set = decodeNumbers(encodeNumbers(numbers))
  expect(set.size).toBe(numbers.size)
  for (const number of numbers) {
    expect(set.has(number)).toBe(true)
    expect(set.has(number + 1)).toBe(numbers.has(number + 1))
  }
})

test('a hundred thousand numbers in a row take a byte each, and any chunk fits an item', () => {
  const numbers = Array.from({ length: 500_000 }, (_, index) => index + 1_000_000)
  const chunks = encodeNumbers(numbers)
  expect(chunks.length).toBeGreaterThan(1)
  for (const chunk of chunks) expect(chunk.length).toBeLessThan(300_000)
  expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBeLessThan(500_100)
  expect(decodeNumbers(chunks).size).toBe(numbers.length)
})

test('the empty set is empty', () => {
  expect(encodeNumbers([])).toEqual([])
  expect(decodeNumbers([]).has(0)).toBe(false)
})
