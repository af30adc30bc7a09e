// Where a capture begins: with what is changed from then on, and never with a day of history first.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { ScriptedStreams } from '../../support/scripted-streams.ts'
import { follow } from './followed.ts'

let peer: ScriptedStreams
let sequence = 0n
beforeEach(async () => {
  peer = await ScriptedStreams.open()
  sequence = 99_999n
})
afterEach(() => peer[Symbol.asyncDispose]())

const HOUR_MS = 3_600_000

function put(shard: string, value: number, atMs = Date.now()): void {
  sequence += 1n
  peer.put(shard, { sequence: String(sequence), id: 'x', value, atMs })
}

/** Shards as a table has them after some hours: all but the last have ended. */
function history(): void {
  peer.shard('a')
  peer.shard('b', 'a')
  peer.shard('c', 'b')
  for (const shard of ['a', 'b', 'c']) for (let value = 0; value < 50; value++) put(shard, -1, Date.now() - HOUR_MS)
  peer.end('a')
  peer.end('b')
}

test('the first batch names the shards that there are', async () => {
  history()
  const { bookmark } = await follow(peer, { count: 0 })
  expect(Object.keys(JSON.parse(bookmark).tables.items.shards).toSorted()).toEqual(['a', 'b', 'c'])
})

test('nothing of the history is read, and nothing that is changed after the first batch is missed', async () => {
  peer.recordsPerPage = 1
  history()
  const { values } = await follow(peer, {
    count: 3,
    onBatch: ({ events }) => {
      if (events.length > 0) return
      put('c', 1)
      put('c', 2)
      put('c', 3)
    },
  })
  expect(values.slice(0, 3)).toEqual([1, 2, 3])
  expect(peer.calls.filter((call) => call === 'GetRecords c').length).toBeLessThan(20)
})

test('a shard that comes after the first batch is read from its beginning', async () => {
  peer.shard('a')
  let isFirst = true
  const { values } = await follow(peer, {
    count: 2,
    onBatch: () => {
      if (!isFirst) return
      isFirst = false
      put('a', 1)
      peer.end('a')
      peer.shard('b', 'a')
      put('b', 2)
    },
  })
  expect(values).toEqual([1, 2])
})

test('after a crash before the first record it goes on from the beginning, without what was changed before', async () => {
  history()
  const { bookmark } = await follow(peer, { count: 0 })
  put('c', 1)
  peer.end('c')
  peer.shard('d', 'c')
  put('d', 2)
  expect((await follow(peer, { from: bookmark, count: 2 })).values).toEqual([1, 2])
})

test('an empty shard that has no latest record is read from its beginning', async () => {
  peer.hasNoLatest = true
  peer.shard('a')
  let isFirst = true
  const onBatch = () => {
    if (isFirst) put('a', 1)
    isFirst = false
  }
  expect((await follow(peer, { count: 1, onBatch })).values).toEqual([1])
})

test('a table that joins those of a bookmark begins with what is changed from then on', async () => {
  history()
  const from = JSON.stringify({ epoch: 3, tables: {} })
  const { bookmark } = await follow(peer, { from, count: 0 })
  expect(JSON.parse(bookmark)).toMatchObject({ epoch: 3, tables: { items: { stream: peer.stream } } })
  expect(peer.calls.filter((call) => call.startsWith('GetShardIterator')).toSorted()).toEqual([
    'GetShardIterator a',
    'GetShardIterator b',
    'GetShardIterator c',
  ])
})
