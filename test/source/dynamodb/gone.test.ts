// What a stream does not have any more: a shard or its beginning, a record that was read, the stream itself. Nothing is
// skipped in silence, and nothing that is still there is given up.

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

function put(shard: string, value: number): void {
  sequence += 1n
  peer.put(shard, { sequence: String(sequence), id: 'x', value })
}

async function start(): Promise<string> {
  return (await follow(peer, { count: 0 })).bookmark
}

/** The clock stands so many hours later than it does. */
const hours = (count: number) => () => Date.now() + count * 3_600_000
const GONE = { code: 'HISTORY_GONE', fate: 'stop' }

test.each([
  ['the records behind the bookmark were trimmed', () => peer.trim('a', 2)],
  ['the shard is gone before it was read to its end', () => peer.forget('a')],
  ['the stream was made anew', () => Object.assign(peer, { stream: `${peer.stream}-again` })],
])('history is gone when %s: it stops by name, and goes on from now with newer positions', async (_what, lose) => {
  peer.shard('a')
  const from = await start()
  put('a', 1)
  const first = await follow(peer, { from, count: 1 })
  put('a', 2)
  put('a', 3)
  peer.shard('z')
  lose()
  const later = { from: first.bookmark, count: 1, nowMs: hours(25) }
  await expect(follow(peer, later)).rejects.toMatchObject(GONE)
  await using source = await openDynamodbSource({ endpoint: peer.url, region: 'eu-central-1', tables: ['items'] })
  const again = await source.restart(first.bookmark)
  expect(again.position > (first.events[0]?.position ?? '')).toBe(true)
  put('z', 9)
  const { events } = await follow(peer, { from: again.bookmark, count: 1 })
  expect(events.every(({ position }) => position > (first.events[0]?.position ?? ''))).toBe(true)
})

test('a last record that was trimmed loses nothing while what follows it is younger than a day', async () => {
  peer.shard('a')
  const from = await start()
  for (let value = 1; value <= 3; value++) put('a', value)
  const first = await follow(peer, { from, count: 3 })
  put('a', 4)
  peer.trim('a', 3)
  expect((await follow(peer, { from: first.bookmark, count: 1, nowMs: hours(22) })).values).toEqual([4])
  // A record that is older than the last one, and longer in its number of digits, is not told again.
  peer.trim('a', 1)
  peer.fail('GetShardIterator', { status: 400, name: 'TrimmedDataAccessException' })
  expect((await follow(peer, { from: first.bookmark, count: 1, nowMs: hours(22) })).values).toEqual([4])
})

test('a shard that was never read may have lost its beginning after a day, and not before', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 1)
  expect((await follow(peer, { from, count: 1, nowMs: hours(22) })).values).toEqual([1])
  await expect(follow(peer, { from, count: 1, nowMs: hours(25) })).rejects.toMatchObject(GONE)
})

test('a shard that came after the last listing of a bookmark may have lost its beginning after a day', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 1)
  const first = await follow(peer, { from, count: 1 })
  peer.end('a')
  peer.shard('b', 'a')
  put('b', 2)
  const at = { from: first.bookmark, count: 1 }
  await expect(follow(peer, { ...at, nowMs: hours(25) })).rejects.toMatchObject(GONE)
  expect((await follow(peer, { ...at, nowMs: hours(22) })).values).toEqual([2])
})

test('an idle shard that is read all the time loses nothing, however long', async () => {
  peer.shard('a')
  let bookmark = await start()
  for (const after of [20, 40]) {
    const stop = new Error('read once')
    let batches = 0
    const onBatch = (batch: { bookmark: string }) => {
      bookmark = batch.bookmark
      if (++batches === 2) throw stop
    }
    const idle = { count: Number.POSITIVE_INFINITY, nowMs: hours(after) }
    await expect(follow(peer, { ...idle, from: bookmark, onBatch })).rejects.toBe(stop)
  }
  put('a', 1)
  expect((await follow(peer, { from: bookmark, count: 1, nowMs: hours(60) })).values).toEqual([1])
})

test('a bookmark of a release that noted no times goes on where it can', async () => {
  peer.shard('a')
  put('a', 1)
  put('a', 2)
  const shards = { a: { last: '100000', isOver: false } }
  const tables = { items: { stream: peer.stream, sinceMs: 0, shards } }
  const from = JSON.stringify({ epoch: 1, tables })
  expect((await follow(peer, { from, count: 1 })).values).toEqual([2])
  peer.trim('a', 1)
  await expect(follow(peer, { from, count: 1 })).rejects.toMatchObject(GONE)
})

test.each([
  ['off', () => Object.assign(peer, { isEnabled: false, status: 'DISABLED' }), 'STREAM_UNFIT'],
  [
    'made anew',
    () => Object.assign(peer, { latestStream: `${peer.stream}-again`, status: 'DISABLED' }),
    'HISTORY_GONE',
  ],
])('a stream that is %s while it is read is read to its end, then it stops by name', async (_what, turn, code) => {
  peer.shard('a')
  peer.shard('b')
  const from = await start()
  put('a', 1)
  const values: unknown[] = []
  let batches = 0
  const following = follow(peer, {
    from,
    count: Number.POSITIVE_INFINITY,
    onBatch: ({ events }) => {
      values.push(...events.map(({ key }) => key.id))
      if (batches++ > 0) return
      put('b', 2)
      peer.end('a')
      peer.end('b')
      turn()
    },
  })
  await expect(following).rejects.toMatchObject({ code, fate: 'stop' })
  expect(values).toEqual(['x', 'x'])
})

test('a stream that is off, and whose shards do not end, is read to its end as well', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 1)
  Object.assign(peer, { isEnabled: false, status: 'DISABLED' })
  const values: unknown[] = []
  const onBatch = ({ events }: { events: readonly unknown[] }) => void values.push(...events)
  const following = follow(peer, { from, count: Number.POSITIVE_INFINITY, onBatch })
  await expect(following).rejects.toMatchObject({ code: 'STREAM_UNFIT' })
  expect(values).toHaveLength(1)
})

test('a stream that is gone at once because it was turned off is not called lost history', async () => {
  peer.shard('a')
  const from = await start()
  const arn = peer.stream
  Object.assign(peer, { isEnabled: false, stream: 'none', latestStream: arn })
  await expect(follow(peer, { from, count: 1 })).rejects.toMatchObject({ code: 'STREAM_UNFIT' })
})

test('the table is not looked at while its stream goes on', async () => {
  peer.shard('a')
  const from = await start()
  put('a', 1)
  peer.calls.length = 0
  await follow(peer, { from, count: 1 })
  // Once for its key, and once for its stream.
  expect(peer.calls.filter((call) => call === 'DescribeTable')).toHaveLength(2)
})
