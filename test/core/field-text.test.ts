import { expect, test } from 'vitest'
import { fieldText } from '../../src/core/field-text.ts'
import { Exact } from '../../src/core/value.ts'
import { Random } from '../support/random.ts'

test.each([
  [[1.5, new Exact('1.50'), new Exact('15e-1'), new Exact('0001.5')]],
  [[0, -0, 0n, new Exact('0.00'), new Exact('-0'), new Exact('0e7')]],
  [[1e21, 10n ** 21n, new Exact('1000000000000000000000')]],
  [[9007199254740993n, new Exact('9007199254740993.0')]],
  [[1e-7, new Exact('0.0000001'), new Exact('.0000001')]],
  [[-12, -12n, new Exact('-12.')]],
  [
    [
      { a: 1, b: [2] },
      { b: [2n], a: new Exact('1.0') },
    ],
  ],
  [[new Uint8Array([1, 2]), Buffer.from([1, 2])]],
])('values in different forms are one text: %#', (values) => {
  expect(new Set(values.map(fieldText)).size).toBe(1)
})

test('a number is the same text whether it is written with an exponent or without', () => {
  const random = new Random()
  const digits = () => Array.from({ length: random.below(6) }, () => random.pick(['0', '0', '1', '9'])).join('')
  for (let round = 0; round < 5_000; round++) {
    const text = `${random.pick(['', '-'])}${digits()}${random.pick(['', '.'])}${digits()}`
    expect(fieldText(new Exact(text)), text).toBe(fieldText(new Exact(`${text}e0`)))
  }
})

test('different values are different texts', () => {
  const values = [
    ...[
      null,
      'null',
      true,
      'true',
      false,
      0,
      '0',
      1,
      '1',
      -1,
      10,
      100,
      1.5,
      '1.5',
      9007199254740992n,
      9007199254740993n,
    ],
    ...['', [], {}, [''], [null], ['a', 'b'], ['a,b'], { a: 1 }, { a: null }, { 'a:1': 1 }, [[]], [1, [2]], [[1], 2]],
    ...[new Uint8Array(), new Uint8Array([0]), 'b', 'bAA==', '2025-11-20 10:00:00', '2025-11-20T10:00:00'],
  ]
  const texts = values.map(fieldText)
  expect(new Set(texts).size).toBe(values.length)
})
