import { expect, test } from 'vitest'
import { ExactSum } from '../../../src/sink/dynamodb/exact-sum.ts'

test.each([
  [[0.1, 0.2], '0.3'],
  [[1, 2, 3], '6'],
  [[-0.5, 0.25], '-0.25'],
  [[1e-7, 1], '1.0000001'],
  [[1e21, 1], '1000000000000000000001'],
  [[4.5, -4.5], '0.0'],
  [[], '0'],
])('%j is %s, exactly', (terms, text) => {
  const sum = new ExactSum()
  for (const term of terms) sum.add(term)
  expect(sum.text).toBe(text)
})
