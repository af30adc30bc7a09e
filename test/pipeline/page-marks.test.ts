// Which pages of a walk are looked at again.

import { expect, test } from 'vitest'
import { PageMarks } from '../../src/pipeline/page-marks.ts'

const walk = (pages: number) => {
  const marks = new PageMarks(4)
  for (let page = 1; page < pages; page++) marks.note(JSON.stringify({ table: 0, upTo: 'end', after: String(page) }))
  marks.note(JSON.stringify({ table: 1, upTo: null, after: null }))
  return marks.all.map(({ after }) => Number(after ?? 0))
}

test('of few pages all, of many some that lie evenly over all of the walk, and never more', () => {
  expect([walk(1), walk(2), walk(4)]).toEqual([[0], [0, 1], [0, 1, 2, 3]])
  for (const pages of [5, 9, 100, 12_345]) {
    const marks = walk(pages)
    const [first, second = 0] = marks
    expect(first).toBe(0)
    expect(marks.length).toBeGreaterThanOrEqual(2)
    expect(marks.length).toBeLessThanOrEqual(4)
    expect(marks).toEqual(marks.map((_, index) => index * second))
    expect((marks.at(-1) ?? 0) + 2 * second).toBeGreaterThanOrEqual(pages)
  }
})
