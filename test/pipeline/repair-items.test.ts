// Items that were put back to an older state are given to one run, on a real log.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Progress, progressKey, type RunState } from '../../src/core/run.ts'
import { RUNS } from '../../src/core/topic.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { repairItems } from '../../src/pipeline/repair-items.ts'
import { type Run, RunBook, stateOf } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import { connector, Delivering } from '../support/delivering.ts'

let at: Delivering
let desk: RunDesk
beforeEach(async () => {
  at = await Delivering.open()
  const reading = { log: at.log, records: at.records, signal: new AbortController().signal }
  desk = new RunDesk({ ...reading, clock: systemClock, book: new RunBook(reading) })
})
afterEach(() => at[Symbol.asyncDispose]())

async function setBack(...ids: readonly number[]): Promise<void> {
  const of = connector({ rowOf: ({ key: [id] }) => [id] })
  const ready = { connector: of, settings: {}, targets: of.targets({}) }
  await repairItems(
    { desk, connectors: [ready] },
    ids.map((id) => ({ table: 'items', item: { key: [`${id}`], fields: {} } })),
  )
}

/** As the one that carries runs out writes it. */
async function ended({ order }: Run, state: RunState): Promise<void> {
  const progress: Progress = {
    ...{ id: order.id, state, attempt: order.attempt, bookmark: null, rows: 0, rowsExpected: null, rowsPerSecond: 0 },
    ...{ startedAtMs: 1, updatedAtMs: 1, endedAtMs: 1, fault: null },
  }
  const value = await at.records.pack('progress', progress)
  await at.write({ topic: RUNS, key: Buffer.from(progressKey(order.id)), value })
}

function idsOf({ order }: Run): readonly string[] {
  return (JSON.parse(order.scope) as { from: readonly string[] }[]).map(({ from }) => from[0] ?? '')
}

test('each row once, by key, and where it is gone as deleted', async () => {
  await setBack(1, 2, 1)
  const [run, ...others] = await desk.list()
  const scope = { table: 'comment', filters: [], orGone: true }
  expect(JSON.parse(run!.order.scope)).toEqual(['1', '2'].map((id) => ({ ...scope, from: [id], to: [id] })))
  expect([run!.order.kind, others]).toEqual(['backfill', []])
})

test('what follows is added to the run, though it ends just then or is done', async () => {
  await setBack(1)
  const [first] = await desk.list()
  await setBack(2, 1)
  // It was at work all the while, and has heard of the first alone.
  await ended(first!, 'done')
  const [second, ...others] = await desk.list()
  expect([second!.order.id, idsOf(second!), stateOf(second!), others]).toEqual([
    ...[first!.order.id, ['1', '2', '1'], 'queued', []],
  ])
  await ended(second!, 'done')
  expect(stateOf((await desk.list())[0]!)).toBe('done')
  await setBack(3)
  const [third] = await desk.list()
  expect([third!.order.id, idsOf(third!), stateOf(third!)]).toEqual([first!.order.id, ['1', '2', '1', '3'], 'queued'])
})

test('a run that is full, failed, paused or cancelled gets no more', async () => {
  const many = Array.from({ length: 200 }, (_, id) => id)
  await setBack(...many)
  await setBack(1)
  const full = await desk.list()
  expect(full.map((run) => idsOf(run).length)).toEqual([1, 200])
  await ended(full[0]!, 'failed')
  await setBack(2)
  const [paused] = await desk.list()
  await desk.amend(paused!.order.id, { by: 'ann', wanted: 'paused' })
  await setBack(3)
  const [cancelled] = await desk.list()
  await desk.amend(cancelled!.order.id, { by: 'ann', wanted: 'cancelled' })
  await setBack(4)
  expect((await desk.list()).map(idsOf).slice(0, -1)).toEqual([['4'], ['3'], ['2'], ['1']])
})

test('a run of somebody else is left alone', async () => {
  const scope = JSON.stringify([{ table: 'comment', from: null, to: null, filters: [] }])
  const limits = { rowsPerSecond: null, writeUnitsPerSecond: null, sourceShare: null }
  await desk.order({ kind: 'backfill', connector: 'feedback', scope, limits, by: 'ann' })
  await setBack(1)
  expect((await desk.list()).map(({ order }) => order.by)).toEqual([expect.stringContaining('put back'), 'ann'])
})
