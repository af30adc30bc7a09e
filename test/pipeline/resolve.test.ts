// What a person decides about a conflict, on a real log and a real item.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ItemKey } from '../../src/core/write.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { ConflictBook, type KnownContest } from '../../src/pipeline/conflict-book.ts'
import { ConflictDesk } from '../../src/pipeline/conflict-desk.ts'
import { dryResolve } from '../../src/pipeline/dry-resolve.ts'
import { fieldConflicts } from '../../src/pipeline/field-conflicts.ts'
import { conflictLeftover, contestLeftover } from '../../src/pipeline/leftovers.ts'
import { resolve } from '../../src/pipeline/resolve.ts'
import { RunBook } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import type { Sink } from '../../src/sink/sink.ts'
import { connector, Delivering } from '../support/delivering.ts'
import { runWork } from '../support/run-work.ts'
import { sharedDynoxide } from '../support/shared-server.ts'
import { fieldsOf, forever, placed, SinkTable } from '../support/sink-table.ts'

const OURS = { text: 'ours', rating: 2, kind: null }
const THEIRS = { text: 'theirs', rating: 3, kind: 'extra' }

let table: SinkTable
let sink: Sink
let at: Delivering
let book: ConflictBook
let desk: ConflictDesk
let key: ItemKey
let keys = 0
beforeAll(async () => {
  table = await new SinkTable((await sharedDynoxide()).url).create()
  sink = await table.sink()
})
afterAll(() => table[Symbol.asyncDispose]())
beforeEach(async () => {
  key = [`r${++keys}`, 'a']
  at = await Delivering.open()
  const reading = { log: at.log, records: at.records, signal: forever }
  book = new ConflictBook(reading)
  const runs = new RunDesk({ ...reading, clock: systemClock, book: new RunBook(reading) })
  desk = new ConflictDesk({ desk: runs, book, connectors: [connector()] })
})
afterEach(() => at[Symbol.asyncDispose]())

/** An open conflict, as the sink meets it, on record. */
async function conflict(): Promise<KnownContest> {
  await table.put({ pk: key[0], sk: 'a', ...THEIRS, name: 'of others' })
  const group = { group: 'text', row: key[0], policy: 'review', fields: Object.keys(OURS), before: null } as const
  const writes = [placed(table.mergeOf(key, OURS, { contested: [group] }), { offset: 5 })]
  const outcomes = await sink.apply(writes, forever)
  const found = fieldConflicts({ writes, outcomes }, { connector: connector(), nowMs: 500 })
  for (const one of found) await at.write(await contestLeftover(at.records, one))
  await book.refresh()
  const [known] = book.list()
  if (known?.kind !== 'fields') throw new Error('no conflict')
  return known
}

const asked = (id: string, take: 'mysql' | 'dynamodb' = 'mysql') => ({ id, take, note: 'asked the shop' })
const item = async () => fieldsOf(await table.item(key))
const options = () => ({ log: at.log, records: at.records, sinkOf: () => sink })
const taken = { text: 'ours', rating: 2, name: 'of others' }

test('the version taken is written to the other side, and the decision is on record', async () => {
  const { id } = await conflict()
  const { order } = await desk.order(asked(id), 'ann')
  expect(order).toMatchObject({ kind: 'resolve', connector: 'feedback', by: 'ann' })
  await resolve(options(), runWork(at, order))
  expect(await item()).toEqual(taken)
  await book.refresh()
  const decision = { by: 'ann', note: 'asked the shop', atMs: order.orderedAtMs }
  expect(book.get(id)).toMatchObject({ state: 'decided', verdict: 'mysql', about: { decision } })
  expect(book.openFor('feedback')).toBe(0)
  await expect(desk.order(asked(id), 'bob')).rejects.toMatchObject({ code: 'CONFLICT_SETTLED' })
})

test('a run that dies before its decision is on record is carried out again to the same end', async () => {
  const { id } = await conflict()
  const { order } = await desk.order(asked(id), 'ann')
  const dying = { ...runWork(at, order), step: () => Promise.reject(new Error('killed')) }
  await expect(resolve(options(), dying)).rejects.toThrow('killed')
  await book.refresh()
  expect(book.get(id).state).toBe('open')
  await resolve(options(), runWork(at, { ...order, attempt: 2 }))
  await book.refresh()
  expect([book.get(id).state, await item()]).toEqual(['decided', taken])
})

test('what changed meanwhile is not written over: it stays open, and the run says so', async () => {
  const { id } = await conflict()
  const { order } = await desk.order(asked(id), 'ann')
  await table.set(key, 'rating', 4)
  const dry = await dryResolve({ ...options(), sink, clock: systemClock }, order, forever)
  expect(dry).toMatchObject({ rows: 1, sample: { applied: 0, rejected: 1 } })
  await expect(resolve(options(), runWork(at, order))).rejects.toMatchObject({ code: 'CONFLICT_CHANGED' })
  expect(await item()).toEqual({ ...THEIRS, rating: 4, name: 'of others' })
  await book.refresh()
  expect(book.get(id).state).toBe('open')
})

test('a dry run changes nothing', async () => {
  const { id } = await conflict()
  const dry = await dryResolve({ ...options(), sink, clock: systemClock }, await desk.plan(asked(id)), forever)
  expect(dry).toMatchObject({ rows: 1, sample: { applied: 1, rejected: 0 }, writeUnits: 1 })
  expect(await item()).toEqual({ ...THEIRS, name: 'of others' })
})

test('of two who decide at once one is heard, and whoever says the same gets the same run', async () => {
  const { id } = await conflict()
  const { order } = await desk.order(asked(id), 'ann')
  expect((await desk.order(asked(id), 'bob')).order.id).toBe(order.id)
  const alone = new ConflictDesk({ desk: {} as RunDesk, book, connectors: [connector()] })
  await expect(alone.plan(asked(id, 'dynamodb'))).rejects.toThrow('no connector writes there')
})

test('the side that is not met yet, and a claim, cannot be written', async () => {
  const { id } = await conflict()
  const back = { ...connector(), name: 'feedback-back', source: 'dynamodb', sink: 'mysql' } as const
  const both = new ConflictDesk({ desk: {} as RunDesk, book, connectors: [connector(), back] })
  await expect(both.plan(asked(id, 'dynamodb'))).rejects.toThrow('feedback-back has not met it yet')
  const clash = { connector: 'feedback', table: 'items', within: 'R#1', claim: 'E#a', holder: 'one', claimant: 'two' }
  await at.write(await conflictLeftover(at.records, { ...clash, cursor: 't1:0:3', foundAtMs: 1 }))
  await book.refresh()
  const [claim] = book.list({ kind: 'claim' })
  await expect(both.plan(asked(claim?.id ?? ''))).rejects.toMatchObject({ code: 'SCOPE_INVALID' })
})

test('somebody who takes the other side while it is being resolved is refused', async () => {
  const { id } = await conflict()
  const back = { ...connector(), name: 'feedback-back', source: 'dynamodb', sink: 'mysql' } as const
  const known = book.get(id) as KnownContest
  const [finding] = await book.findings(known.id)
  await at.write(await contestLeftover(at.records, { ...finding!, connector: back.name }))
  const reading = { log: at.log, records: at.records, signal: forever }
  const runs = new RunDesk({ ...reading, clock: systemClock, book: new RunBook(reading) })
  const both = new ConflictDesk({ desk: runs, book, connectors: [connector(), back] })
  await both.order(asked(id), 'ann')
  await expect(both.order(asked(id, 'dynamodb'), 'bob')).rejects.toMatchObject({ code: 'CONFLICT_SETTLED' })
})
