// Who did what goes on record in the log with what came of it, and is read from its end.

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../src/core/audit-entry.ts'
import { NO_LIMITS } from '../../src/core/run.ts'
import { type AuditAsked, AuditBook, type AuditPage } from '../../src/pipeline/audit-book.ts'
import { auditRecord } from '../../src/pipeline/audit-record.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { RunBook } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import { Delivering } from '../support/delivering.ts'

const ORDER = { kind: 'sync', connector: 'feedback', scope: '{"venue":"7"}', limits: NO_LIMITS, by: 'ann' } as const

let at: Delivering
let book: AuditBook
let desk: RunDesk

beforeEach(async () => {
  at = await Delivering.open()
  const reading = { log: at.log, records: at.records, signal: new AbortController().signal }
  book = new AuditBook(reading)
  desk = new RunDesk({ ...reading, clock: systemClock, book: new RunBook(reading) })
})
afterEach(() => at[Symbol.asyncDispose]())

const page = (asked: Partial<AuditAsked> = {}): Promise<AuditPage> => book.page({ limit: 100, before: null, ...asked })
const deeds = ({ entries }: AuditPage) => entries.map(({ who, what, details }) => ({ who, what, ...details }))

/** Pages of so many, from the end to the beginning. */
async function walk(asked: Partial<AuditAsked>): Promise<readonly (readonly AuditEntry[])[]> {
  const pages: (readonly AuditEntry[])[] = []
  for (let before: number | null | undefined; before !== null; ) {
    const { entries, next } = await page({ ...asked, before: before ?? null })
    pages.push(entries)
    before = next
  }
  return pages
}

async function tell(count: number, who: (index: number) => string): Promise<void> {
  const entry = (index: number) => ({
    id: `${index}`,
    who: who(index),
    what: 'order',
    run: null,
    atMs: index,
    details: {},
  })
  await at.write(
    ...(await Promise.all(Array.from({ length: count }, (_, index) => auditRecord(at.records, entry(index))))),
  )
}

test('nobody has done anything yet', async () => {
  expect(await page()).toEqual({ entries: [], next: null })
})

test('orders, pauses, limits, resumes and cancels are told with who, of what, and the newest first', async () => {
  const { order } = await desk.order(ORDER)
  await desk.amend(order.id, { by: 'bob', wanted: 'paused' })
  await desk.amend(order.id, { by: 'bob', limits: { rowsPerSecond: 5 } })
  await desk.amend(order.id, { by: 'cat', wanted: 'running' })
  await desk.amend(order.id, { by: 'cat', wanted: 'cancelled' })
  const told = await page()
  const about = { kind: 'sync', connector: 'feedback', venue: '7' }
  expect(deeds(told)).toEqual([
    { who: 'cat', what: 'cancel', ...about },
    { who: 'cat', what: 'resume', ...about },
    { who: 'bob', what: 'limit', ...about, limits: { rowsPerSecond: 5 } },
    { who: 'bob', what: 'pause', ...about },
    { who: 'ann', what: 'order', ...about, is_new: true },
  ])
  expect(new Set(told.entries.map(({ run }) => run))).toEqual(new Set([order.id]))
  expect(told.next).toBe(null)
})

test('whoever orders what is under way is told, and what the clock orders again is not', async () => {
  const same = { ...ORDER, id: '00000000-0000-4000-8000-000000000001' }
  await desk.order(same)
  await desk.order(same)
  await desk.order({ ...ORDER, by: 'bob' }, (runs) => runs[0] ?? null)
  expect(deeds(await page())).toMatchObject([
    { who: 'bob', is_new: false },
    { who: 'ann', is_new: true },
  ])
})

test('what is refused is not on record', async () => {
  const { order } = await desk.order(ORDER)
  await desk.amend(order.id, { by: 'ann', wanted: 'cancelled' })
  await expect(desk.amend(order.id, { by: 'bob', wanted: 'running' })).rejects.toMatchObject({ code: 'RUN_OVER' })
  expect(deeds(await page({ by: 'bob' }))).toEqual([])
})

test('page by page nothing is left out or told twice, however many there are', async () => {
  await tell(1_203, () => 'ann')
  const pages = await walk({ limit: 100 })
  expect(pages.map(({ length }) => length)).toEqual([...Array(12).fill(100), 3])
  expect(pages.flat().map(({ atMs }) => atMs)).toEqual(Array.from({ length: 1_203 }, (_, index) => 1_202 - index))
})

test('what one person did is found among what others did', async () => {
  await tell(1_700, (index) => (index % 600 === 0 ? 'rare' : 'often'))
  expect((await walk({ limit: 2, by: 'rare' })).flat().map(({ atMs }) => atMs)).toEqual([1_200, 600, 0])
  expect((await walk({ what: 'drop' })).flat()).toEqual([])
})
