// Shards split, merge and end; iterators expire and requests fail: nothing is lost, nothing is told twice.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { ScriptedStreams } from '../../support/scripted-streams.ts'
import { follow } from './followed.ts'

let peer: ScriptedStreams
let sequence = 0n
beforeEach(async () => {
  peer = await ScriptedStreams.open()
  sequence = 99_999n
})
afterEach(() => peer[Symbol.asyncDispose]())

function put(shard: string, id: string, value: number): void {
  sequence += 1n
  peer.put(shard, { sequence: String(sequence), id, value })
}

/** The bookmark of a capture that began with the shards as they are. */
async function start(): Promise<string> {
  return (await follow(peer, { count: 0 })).bookmark
}

const known = (bookmark: string) => Object.keys(JSON.parse(bookmark).tables.items.shards).toSorted()

test('children are read after their parents, whatever the order in which they are listed, page by page', async () => {
  peer.shardsPerPage = 2
  peer.shard('a')
  const from = await start()
  for (let value = 1; value <= 3; value++) put('a', 'x', value)
  peer.end('a')
  for (const [child, parent] of [
    ['b', 'a'],
    ['c', 'a'],
    ['d', 'b'],
  ] as const)
    peer.shard(child, parent)
  put('b', 'x', 4)
  peer.end('b')
  put('c', 'y', 10)
  put('d', 'x', 5)
  peer.reverse()
  const { events } = await follow(peer, { from, count: 6 })
  expect(events.filter(({ id }) => id === 'x').map(({ value }) => value)).toEqual([1, 2, 3, 4, 5])
  const positions = events.filter(({ id }) => id === 'x').map(({ position }) => position)
  expect(positions).toEqual(positions.toSorted())
})

test('a child waits for a parent that a listing left out, and for one that comes with the next', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 'x', 1)
  peer.end('a')
  peer.shard('b', 'a')
  put('b', 'x', 2)
  peer.end('b')
  peer.shard('c', 'b')
  put('c', 'x', 3)
  peer.leaveOut('a', 2)
  peer.leaveOut('b')
  expect((await follow(peer, { from, count: 3 })).values).toEqual([1, 2, 3])
})

test('a shard that is over is not read again when a listing leaves it out for a while', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 'x', 1)
  peer.end('a')
  peer.shard('b', 'a')
  put('b', 'x', 2)
  const first = await follow(peer, { from, count: 2 })
  peer.leaveOut('a')
  const second = await follow(peer, { from: first.bookmark, count: 0 })
  put('b', 'x', 3)
  expect((await follow(peer, { from: second.bookmark, count: 1 })).values).toEqual([3])
  const days = (count: number) => () => Date.now() + count * 86_400_000
  peer.forget('a')
  expect(known((await follow(peer, { from: second.bookmark, count: 0, nowMs: days(1) })).bookmark)).toEqual(['a', 'b'])
  expect(known((await follow(peer, { from: second.bookmark, count: 0, nowMs: days(3) })).bookmark)).toEqual(['b'])
})

test('sequence numbers that grow longer stay in order', async () => {
  peer.shard('a')
  const from = await start()
  peer.put('a', { sequence: '999', id: 'x', value: 1 })
  peer.put('a', { sequence: '1000', id: 'x', value: 2 })
  peer.put('a', { sequence: '4'.repeat(40), id: 'x', value: 3 })
  const { events } = await follow(peer, { from, count: 3 })
  const positions = events.map(({ position }) => position)
  expect(positions).toEqual(positions.toSorted())
  expect(new Set(positions.map(({ length }) => length)).size).toBe(1)
})

test('a shard that splits after the bookmark is read to its end, then its children from their beginning', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 'x', 1)
  const first = await follow(peer, { from, count: 1 })
  put('a', 'x', 2)
  peer.end('a')
  peer.shard('b', 'a')
  put('b', 'x', 3)
  const second = await follow(peer, { from: first.bookmark, count: 2 })
  expect(second.values).toEqual([2, 3])
  peer.forget('a')
  put('b', 'x', 4)
  expect((await follow(peer, { from: second.bookmark, count: 1 })).values).toEqual([4])
})

test('pages of few records, and of 1 MB, are read to the end; what lags says so', async () => {
  peer.shard('a')
  const from = await start()
  peer.recordsPerPage = 3
  for (let value = 0; value < 20; value++) put('a', 'x', value)
  const first = await follow(peer, { from, count: 20 })
  expect(first.values).toEqual(Array.from({ length: 20 }, (_, value) => value))
  const laterMs = () => Date.now() + 3_600_000
  for (let value = 20; value < 25; value++) {
    sequence += 1n
    peer.put('a', { sequence: String(sequence), id: 'x', value, bytes: 500_000 })
  }
  const lags: number[] = []
  const onBatch = ({ events, sourceTimeMs }: { events: readonly unknown[]; sourceTimeMs: number }) => {
    if (events.length > 0) lags.push(laterMs() - sourceTimeMs)
  }
  const second = await follow(peer, { from: first.bookmark, count: 5, onBatch, nowMs: laterMs })
  expect(second.values).toEqual([20, 21, 22, 23, 24])
  // A page has room for two records: that it has few does not mean that there are no more.
  expect(lags.map((ms) => ms > 1_800_000)).toEqual([true, true, true])
})

test('empty pages before the first records behind an iterator do not mean that there are none', async () => {
  peer.shard('a')
  peer.shard('b')
  const from = await start()
  put('a', 'x', 1)
  put('b', 'y', 2)
  Object.assign(peer, { emptyPages: 4, emptyShard: 'a' })
  const laterMs = () => Date.now() + 3_600_000
  const seen: unknown[] = []
  const onBatch = ({ events, bookmark }: { events: readonly unknown[]; bookmark: string }) => {
    const { seenMs } = JSON.parse(bookmark).tables.items.shards.a
    if (events.length > 0) seen.push(seenMs < laterMs() - 1_800_000 ? 'not yet' : 'all')
  }
  expect((await follow(peer, { from, count: 2, onBatch, nowMs: laterMs })).values).toEqual([2, 1])
  expect(seen).toEqual(['not yet', 'all'])
})

test('an iterator that expired is taken again behind the last record', async () => {
  peer.recordsPerPage = 1
  peer.shard('a')
  const from = await start()
  for (let value = 1; value <= 3; value++) put('a', 'x', value)
  const onBatch = ({ events }: { events: readonly unknown[] }) => {
    if (events.length > 0) peer.expireIterators()
  }
  expect((await follow(peer, { from, count: 3, onBatch })).values).toEqual([1, 2, 3])
})

test('a throttled shard waits and loses nothing; a failure is told, and what follows the bookmark comes again', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 'x', 1)
  peer.fail('GetRecords', { status: 400, name: 'ProvisionedThroughputExceededException' }, 3)
  const first = await follow(peer, { from, count: 1 })
  expect(first.values).toEqual([1])
  put('a', 'x', 2)
  peer.fail('GetRecords', { status: 500, name: 'InternalServerError' })
  const failed = follow(peer, { from: first.bookmark, count: 1 })
  await expect(failed).rejects.toMatchObject({ code: 'DYNAMODB_UNAVAILABLE', fate: 'retry' })
  expect((await follow(peer, { from: first.bookmark, count: 1 })).values).toEqual([2])
})

test('a throttled listing is put off', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 'x', 1)
  peer.fail('DescribeStream', { status: 400, name: 'LimitExceededException' })
  expect((await follow(peer, { from, count: 1 })).values).toEqual([1])
})

test.each([
  ['is off', { isEnabled: false }, 'it is off'],
  ['shows keys only', { viewType: 'KEYS_ONLY' }, 'it shows KEYS_ONLY only'],
])('a stream that %s is named, with the command that mends it', async (_what, state, detail) => {
  Object.assign(peer, state)
  await using source = await openDynamodbSource({ endpoint: peer.url, region: 'eu-central-1', tables: ['items'] })
  expect(await source.check(['items'])).toMatchObject([
    { isOk: false, detail, fix: expect.stringContaining('update-table') },
  ])
  await expect(follow(peer, { count: 1 })).rejects.toMatchObject({ code: 'STREAM_UNFIT' })
})
