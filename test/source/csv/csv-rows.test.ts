// Bytes become the same rows however they come in pieces, and a row that is wrong costs no other.

import { describe, expect, test } from 'vitest'
import { BEGINNING, type CsvRow, CsvRows, ROW_BYTES_MAX } from '../../../src/source/csv/csv-rows.ts'
import { Random } from '../../support/random.ts'

const DIALECT = { delimiter: ',', quote: '"' }

function rowsOf(text: string, pieces: readonly number[] = [], newline: '\n' | '\r' = '\n'): readonly CsvRow[] {
  const reader = new CsvRows(DIALECT, { from: BEGINNING, newline })
  const bytes = Buffer.from(text, 'latin1')
  const cuts = [0, ...pieces, bytes.length]
  const rows = cuts.slice(1).flatMap((end, index) => reader.read(bytes.subarray(cuts[index], end), false))
  return [...rows, ...reader.read(Buffer.alloc(0), true)]
}

const fieldsOf = (text: string) => rowsOf(text).map(({ fields }) => fields)

describe('fields', () => {
  test.each([
    [
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      '"a,b","c""d"\n"e\nf",g\n',
      [
        ['a,b', 'c"d'],
        ['e\nf', 'g'],
      ],
    ],
    [
      ',\n"",x\n',
      [
        ['', ''],
        ['', 'x'],
      ],
    ],
    ['a,5" disk\n', [['a', '5" disk']]],
    [
      'a,b\n\n\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a"\r\n"b","c"', [['a'], ['b', 'c']]],
  ])('%j', (text, rows) => {
    expect(fieldsOf(text)).toEqual(rows)
  })

  test('lines may end in a carriage return alone', () => {
    expect(rowsOf('a,b\rc,"d\re"\r', [], '\r').map(({ fields }) => fields)).toEqual([
      ['a', 'b'],
      ['c', 'd\re'],
    ])
  })
})

test('each row knows its line, and the place behind it', () => {
  const rows = rowsOf('a,b\n"x\ny",c\n\nd,e\n')
  expect(rows.map(({ line, end }) => [line, end])).toEqual([
    [1, { offset: 4, line: 2 }],
    [2, { offset: 12, line: 4 }],
    [5, { offset: 17, line: 6 }],
  ])
})

test.each([
  ['text behind a closing quote', 'a,"b"c\nd,e\n', /behind a closing quote/u, [['d', 'e']]],
  [
    'a quote that is not closed',
    'a,"b\nc,d\ne,f\n',
    /not closed before the end/u,
    [
      ['c', 'd'],
      ['e', 'f'],
    ],
  ],
  ['a line without end', `a,${'x'.repeat(ROW_BYTES_MAX * 2)}\nd,e\n`, /longer than/u, [['d', 'e']]],
  [
    'a quote that swallows what follows',
    `"${'a,b\n'.repeat(ROW_BYTES_MAX / 2)}d,e\n`,
    /not closed within|not closed before/u,
    null,
  ],
])('%s is told, and the next line is read', (_what, text, fault, rest) => {
  const pieces = Array.from({ length: Math.floor(text.length / 65_536) }, (_, index) => (index + 1) * 65_536)
  const rows = rowsOf(text, pieces)
  expect(rows[0]?.fault).toMatch(fault)
  expect(rows.slice(1).every((row) => row.fault === null)).toBe(true)
  if (rest !== null) expect(rows.slice(1).map(({ fields }) => fields)).toEqual(rest)
})

test('however the bytes come in pieces, and from wherever a row ends, the rows are the same', () => {
  const random = new Random()
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: random.below(80) }, () => random.pick([...'ab,"\n\r,\n'])).join('')
    const whole = rowsOf(text)
    const pieces = Array.from({ length: random.below(6) }, () => random.below(text.length + 1)).sort(
      (one, other) => one - other,
    )
    expect(rowsOf(text, pieces), JSON.stringify(text)).toEqual(whole)
    const at = whole[random.below(whole.length + 1)]
    if (at === undefined) continue
    const reader = new CsvRows(DIALECT, { from: at.end, newline: '\n' })
    const rest = reader.read(Buffer.from(text.slice(at.end.offset), 'latin1'), true)
    expect(rest, JSON.stringify(text)).toEqual(whole.slice(whole.indexOf(at) + 1))
  }
})
