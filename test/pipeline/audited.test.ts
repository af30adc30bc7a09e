// What goes on the record of imports when the same is asked, or carried out, twice.

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../../src/core/audit-entry.ts'
import { NO_LIMITS } from '../../src/core/run.ts'
import { audited } from '../../src/pipeline/audited.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { RunBook } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import type { AuditTrail } from '../../src/sink/audit-trail.ts'
import { Delivering } from '../support/delivering.ts'
import { runWork } from '../support/run-work.ts'

const dialect = { delimiter: ',', quote: '"', hasHeader: true }
const from = { kind: 'csv', file: 'songs.csv', dialect, mapping: {}, constants: {} }
const SCOPE = JSON.stringify({ imports: [{ table: 'songs', from }] })
const GIVEN = { kind: 'import', connector: 'content', scope: SCOPE, limits: NO_LIMITS, by: 'ann' } as const

let at: Delivering
let told: AuditEntry[]
const trail: AuditTrail = {
  write: async (entry) => void told.push(entry),
  list: async () => told,
  close: async () => undefined,
}
beforeEach(async () => {
  told = []
  at = await Delivering.open()
})
afterEach(() => at[Symbol.asyncDispose]())

function desk(): RunDesk {
  const reading = { log: at.log, records: at.records, signal: new AbortController().signal }
  return new RunDesk({ ...reading, clock: systemClock, book: new RunBook(reading), trail })
}

test('an order that comes twice is one entry, and requests are one each', async () => {
  const id = '00000000-0000-4000-8000-000000000001'
  for (const one of [desk(), desk()]) await one.order({ ...GIVEN, id })
  await desk().order(GIVEN)
  await desk().order(GIVEN)
  expect(told.map(({ what }) => what)).toEqual(['schedule', 'schedule', 'trigger', 'trigger'])
  expect(new Set(told.map((entry) => entry.id)).size).toBe(3)
})

test('in MySQL runs of other kinds are not on record', async () => {
  const { order } = await desk().order({ ...GIVEN, kind: 'backfill', scope: '[]' })
  await desk().amend(order.id, { by: 'ann', wanted: 'paused' })
  expect(told).toEqual([])
})

test('one attempt begins and ends in one entry each, however often a crash makes it begin again', async () => {
  const work = runWork(at, { kind: 'import', scope: SCOPE, attempt: 2 })
  const kind = audited({ carryOut: async () => undefined }, { trail, clock: systemClock })
  for (const _ of ['once', 'again']) {
    await kind.carryOut(work)
    await kind.conclude?.(work, 'failed', { code: 'IMPORT_CHANGED', message: 'x', hint: 'y' })
  }
  expect(new Set(told.map(({ id }) => id))).toEqual(new Set(['r1 2 begun', 'r1 2 ended']))
  expect(told.at(-1)?.details).toMatchObject({ state: 'failed', error: 'IMPORT_CHANGED', attempt: 2 })
})
