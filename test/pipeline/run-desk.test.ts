import { expect, test } from 'vitest'
import { NO_LIMITS } from '../../src/core/run.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { type Run, RunBook } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import { Delivering } from '../support/delivering.ts'

const GIVEN = { kind: 'backfill', connector: 'mirror', scope: '[]', limits: NO_LIMITS, by: 'ann' } as const

test('runs ordered in the same millisecond have each a time of its own, so that pages skip none of them', async () => {
  await using at = await Delivering.open()
  const desk = () => {
    const reading = { log: at.log, records: at.records, signal: new AbortController().signal }
    return new RunDesk({ ...reading, clock: { ...systemClock, nowMs: () => 7 }, book: new RunBook(reading) })
  }
  const one = desk()
  // By two processes at once, and by those that come after them.
  const ordered = await Promise.all([one, one, desk(), desk(), desk()].map((some) => some.order(GIVEN)))
  const paged: Run[] = []
  for (let beforeMs = Number.POSITIVE_INFINITY; ; beforeMs = paged.at(-1)!.order.orderedAtMs) {
    const page = await desk().page({ beforeMs, limit: 2 })
    if (page.length === 0) break
    paged.push(...page)
  }
  expect(paged.map(({ order }) => order.orderedAtMs)).toEqual([11, 10, 9, 8, 7])
  expect(new Set(paged.map(({ order }) => order.id))).toEqual(new Set(ordered.map(({ order }) => order.id)))
})
