// Shards split, merge, end and are trimmed; iterators expire and requests fail: nothing is lost, and nothing is skipped.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { itemOf } from '../../../src/core/item.ts'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { ScriptedStreams } from '../../support/scripted-streams.ts'

let peer: ScriptedStreams
beforeEach(async () => {
  peer = await ScriptedStreams.open()
})
afterEach(() => peer[Symbol.asyncDispose]())

let sequence = 0n
beforeEach(() => {
  sequence = 99_999n
})

function put(shard: string, id: string, value: number): void {
  sequence += 1n
  peer.put(shard, { sequence: String(sequence), id, value })
}

async function follow(from: string | null, count: number) {
  await using source = openDynamodbSource({ endpoint: peer.url, region: 'eu-central-1', tables: ['items'] })
  const stop = new AbortController()
  const events: { id: unknown; value: unknown; position: string }[] = []
  let bookmark = from
  for await (const batch of source.changes(from, stop.signal)) {
    for (const { key, after, position } of batch.events)
      events.push({ id: key.id, value: itemOf(after)?.value, position })
    bookmark = batch.bookmark
    if (events.length >= count) break
  }
  stop.abort()
  return { events, values: events.map(({ value }) => value), bookmark }
}

test('children are read after their parents, whatever the order in which they are listed, page by page', async () => {
  peer.shardsPerPage = 2
  peer.shard('a')
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
  const { events } = await follow(null, 6)
  expect(events.filter(({ id }) => id === 'x').map(({ value }) => value)).toEqual([1, 2, 3, 4, 5])
  const positions = events.filter(({ id }) => id === 'x').map(({ position }) => position)
  expect(positions).toEqual(positions.toSorted())
})

test('sequence numbers that grow longer stay in order', async () => {
  peer.shard('a')
  peer.put('a', { sequence: '999', id: 'x', value: 1 })
  peer.put('a', { sequence: '1000', id: 'x', value: 2 })
  peer.put('a', { sequence: '4'.repeat(40), id: 'x', value: 3 })
  const { events } = await follow(null, 3)
  const positions = events.map(({ position }) => position)
  expect(positions).toEqual(positions.toSorted())
  expect(new Set(positions.map(({ length }) => length)).size).toBe(1)
})

test('a shard that splits after the bookmark is read to its end, then its children from their beginning', async () => {
  peer.shard('a')
  put('a', 'x', 1)
  const first = await follow(null, 1)
  put('a', 'x', 2)
  peer.end('a')
  peer.shard('b', 'a')
  put('b', 'x', 3)
  const second = await follow(first.bookmark, 2)
  expect(second.values).toEqual([2, 3])
  peer.forget('a')
  put('b', 'x', 4)
  expect((await follow(second.bookmark, 1)).values).toEqual([4])
})

test('pages of few records are read to the end', async () => {
  peer.recordsPerPage = 3
  peer.shard('a')
  for (let value = 0; value < 20; value++) put('a', 'x', value)
  expect((await follow(null, 20)).values).toEqual(Array.from({ length: 20 }, (_, value) => value))
})

test('an iterator that expired is taken again behind the last record', async () => {
  peer.recordsPerPage = 1
  peer.shard('a')
  for (let value = 1; value <= 3; value++) put('a', 'x', value)
  await using source = openDynamodbSource({ endpoint: peer.url, region: 'eu-central-1', tables: ['items'] })
  const stop = new AbortController()
  const values: unknown[] = []
  for await (const { events } of source.changes(null, stop.signal)) {
    values.push(...events.map(({ after }) => itemOf(after)?.value))
    if (events.length > 0) peer.expireIterators()
    if (values.length === 3) break
  }
  stop.abort()
  expect(values).toEqual([1, 2, 3])
})

test('a throttled shard waits and loses nothing; a failure is told, and what follows the bookmark comes again', async () => {
  peer.shard('a')
  put('a', 'x', 1)
  peer.fail('GetRecords', { status: 400, name: 'ProvisionedThroughputExceededException' }, 3)
  const first = await follow(null, 1)
  expect(first.values).toEqual([1])
  put('a', 'x', 2)
  peer.fail('GetRecords', { status: 500, name: 'InternalServerError' })
  await expect(follow(first.bookmark, 1)).rejects.toMatchObject({ code: 'DYNAMODB_UNAVAILABLE', fate: 'retry' })
  expect((await follow(first.bookmark, 1)).values).toEqual([2])
})

test.each([
  ['the records behind the bookmark were trimmed', () => peer.trim('a', 2)],
  ['the shard is gone before it was read to its end', () => peer.forget('a')],
  ['the stream was made anew', () => Object.assign(peer, { stream: `${peer.stream}-again` })],
])('history is gone when %s: it stops by name, and goes on from now with newer positions', async (_what, lose) => {
  peer.shard('a')
  put('a', 'x', 1)
  const first = await follow(null, 1)
  put('a', 'x', 2)
  put('a', 'x', 3)
  peer.shard('z')
  lose()
  await expect(follow(first.bookmark, 1)).rejects.toMatchObject({ code: 'HISTORY_GONE', fate: 'stop' })
  await using source = openDynamodbSource({ endpoint: peer.url, region: 'eu-central-1', tables: ['items'] })
  const again = await source.restart(first.bookmark)
  expect(again.position > (first.events[0]?.position ?? '')).toBe(true)
  put('z', 'x', 9)
  const { events } = await follow(again.bookmark, 1)
  expect(events.every(({ position }) => position > (first.events[0]?.position ?? ''))).toBe(true)
})

test.each([
  ['is off', { isEnabled: false }, 'it is off'],
  ['shows keys only', { viewType: 'KEYS_ONLY' }, 'it shows KEYS_ONLY only'],
])('a stream that %s is named, with the command that mends it', async (_what, state, detail) => {
  Object.assign(peer, state)
  await using source = openDynamodbSource({ endpoint: peer.url, region: 'eu-central-1', tables: ['items'] })
  expect(await source.check(['items'])).toMatchObject([
    { isOk: false, detail, fix: expect.stringContaining('update-table') },
  ])
  await expect(follow(null, 1)).rejects.toMatchObject({ code: 'STREAM_UNFIT' })
})
