// Whoever gives writes to a sink puts the conflicts it meets on record, and counts them: here retries, replays and repairs.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatCursor } from '../../src/core/cursor.ts'
import type { FieldConflict } from '../../src/core/field-conflict.ts'
import { CONFLICTS } from '../../src/core/topic.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { Mending } from '../../src/pipeline/mending.ts'
import { Plan } from '../../src/pipeline/plan.ts'
import { replay } from '../../src/pipeline/replay.ts'
import { ReplayFilter } from '../../src/pipeline/replay-filter.ts'
import type { FoundRow, Settling } from '../../src/pipeline/settling.ts'
import type { Contest } from '../../src/sink/sink.ts'
import { connector, Delivering, failingOver, insert, merge, TOPIC } from '../support/delivering.ts'
import { Retrying } from '../support/retrying.ts'
import { runWork } from '../support/run-work.ts'
import { observed } from '../support/running.ts'

const CONTEST: Contest = {
  ...{ table: 'items', key: ['C#1'], row: '1', group: 'text', policy: 'mysql-wins', wins: 'incoming', why: 'x' },
  ...{ incoming: { text: 'ours' }, held: { text: 'theirs' }, before: null },
}

const COUNTED = { connector: 'feedback', verdicts: ['mysql'] }

let at: Delivering
beforeEach(async () => {
  at = await Delivering.open()
  at.sink.answer = () => ({ did: 'applied', contests: [CONTEST] })
})
afterEach(() => at[Symbol.asyncDispose]())

async function found(): Promise<readonly FieldConflict[]> {
  const conflicts: FieldConflict[] = []
  for await (const { value } of at.log.latest(CONFLICTS)) conflicts.push(await at.records.unpack('contest', value!))
  return conflicts
}

test('a retry does, with what becomes of the letter', async () => {
  const failing = at.start(failingOver(() => true))
  await at.append(insert(1))
  await at.caughtUp()
  await failing.stop()
  const [letter] = await at.dead()
  const retrying = new Retrying(at)
  await using _ = retrying.start()
  await retrying.retried()
  expect(await at.dead()).toEqual([])
  expect(await found()).toMatchObject([{ row: '1', verdict: 'mysql', cursor: formatCursor(letter!.cursor) }])
  expect(retrying.observer.seen.disputed).toContainEqual(COUNTED)
})

/** Answers what was told of conflicts. */
async function replayed(into: string | null): Promise<readonly unknown[]> {
  const parts = at.planParts(connector())
  const ends = await at.log.ends(TOPIC)
  const ranges = ends.map((to) => ({ from: { ...to, offset: 0 }, to }))
  const nothing = { rows: async () => ({ rows: [], asOf: 'f' }) }
  const observer = observed()
  const options = {
    observer,
    ...{ log: at.log, records: at.records, clock: systemClock, ready: parts.ready, plan: await Plan.open(parts) },
    ...{ filter: new ReplayFilter(connector(), nothing), openSink: async () => at.sink },
  }
  const scope = JSON.stringify({ ranges, venue: null, key: null, into })
  await replay(options, runWork(at, { kind: 'replay', scope }))
  return observer.seen.disputed
}

test('a replay does', async () => {
  await at.append(insert(1))
  expect(await replayed(null)).toEqual([COUNTED])
  expect(at.sink.applied).toHaveLength(1)
  expect(await found()).toMatchObject([{ row: '1', connector: 'feedback', mysql: { text: 'ours' } }])
})

test('a replay into a copy of the table does not: the copy is no side', async () => {
  await at.append(insert(1))
  expect(await replayed('copy')).toEqual([{ ...COUNTED, verdicts: [] }])
  expect(at.sink.applied).toHaveLength(1)
  expect(await found()).toEqual([])
})

test('a repair does', async () => {
  const settling = { again: async () => [] } as unknown as Settling
  const { records, sink } = at
  const observer = observed()
  const mending = new Mending({ sink, settling, records, observer, clock: systemClock, connector: connector() })
  const mends = [merge(1, { text: 'ours' })]
  const difference = { table: 'items', key: ['C#1'], fields: [], position: null, mends, venue: null } as const
  const row: FoundRow = {
    ...{ event: insert(1), isIgnored: false, isDelivered: true, reason: null, met: [], differences: [difference] },
  }
  await mending.of([row], 0, runWork(at, { kind: 'verify', scope: '{}' }))
  expect(at.sink.applied).toHaveLength(1)
  expect(await found()).toMatchObject([{ row: '1', dynamodb: { text: 'theirs' }, cursor: 'r1:0:1' }])
  expect(observer.seen.disputed).toEqual([COUNTED])
})
