// A stream in slices: each shard is in one of them, with all that came from it, from whatever slicing there was before.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { ScriptedStreams } from '../../support/scripted-streams.ts'
import { follow } from './followed.ts'

let peer: ScriptedStreams
beforeEach(async () => {
  peer = await ScriptedStreams.open()
})
afterEach(() => peer[Symbol.asyncDispose]())

async function divide(bookmarks: readonly string[], slices: number): Promise<readonly string[]> {
  const place = { endpoint: peer.url, region: 'eu-central-1', tables: ['items'], slices }
  await using source = await openDynamodbSource(place)
  return (await source.slicing.divide(bookmarks)).map(({ bookmark }) => bookmark)
}

const shardsOf = (bookmark: string) => Object.keys(JSON.parse(bookmark).tables.items.shards)

function forest(): void {
  for (let tree = 0; tree < 10; tree++) {
    peer.shard(`${tree}`)
    peer.shard(`${tree}-a`, `${tree}`)
    peer.shard(`${tree}-b`, `${tree}`)
    peer.shard(`${tree}-a-a`, `${tree}-a`)
    for (const ended of ['', '-a']) peer.end(`${tree}${ended}`)
  }
  peer.reverse()
}

test('each shard is in one slice, with its tree, and comes to one again when the slices are others', async () => {
  forest()
  const whole = (await follow(peer, { count: 0 })).bookmark
  for (const slices of [3, 2, 4, 1]) {
    const divided = await divide(await divide([whole], 3), slices)
    expect(divided).toHaveLength(slices)
    expect(divided.flatMap(shardsOf).toSorted()).toEqual(shardsOf(whole).toSorted())
    const sizes = divided.map((bookmark) => shardsOf(bookmark).length)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(4)
    for (const shards of divided.map(shardsOf)) {
      for (const [tree, ofTree] of Map.groupBy(shards, (id) => id[0])) expect(ofTree, `tree ${tree}`).toHaveLength(4)
    }
  }
})

test('a slice reads what comes of its shards, a root that is its own, and nothing else', async () => {
  forest()
  const slices = await divide([(await follow(peer, { count: 0 })).bookmark], 3)
  let sequence = 1_000
  const put = (shard: string) => peer.put(shard, { sequence: String(sequence++), id: shard, value: 1 })
  for (let tree = 0; tree < 10; tree++) {
    peer.shard(`${tree}-b-a`, `${tree}-b`)
    peer.end(`${tree}-b`)
    put(`${tree}-b-a`)
  }
  for (const root of ['new-1', 'new-2', 'new-3', 'new-4']) {
    peer.shard(root)
    put(root)
  }
  const told: string[] = []
  const roots: string[] = []
  for (const from of slices) {
    const trees = new Set(shardsOf(from).map((id) => id[0]))
    const { events, bookmark } = await follow(peer, { from, count: trees.size })
    roots.push(...shardsOf(bookmark).filter((id) => id.startsWith('new')))
    const ids = events.map(({ id }) => String(id))
    for (const id of ids) expect(id.startsWith('new') || trees.has(id[0]), id).toBe(true)
    told.push(...ids)
  }
  expect(told.toSorted()).toEqual([...new Set(told)].toSorted())
  expect(roots.toSorted()).toEqual(['new-1', 'new-2', 'new-3', 'new-4'])
})

test('a slice whose shards were not listed for a day may miss whole trees, and says so', async () => {
  forest()
  const [from = ''] = await divide([(await follow(peer, { count: 0 })).bookmark], 2)
  const nowMs = () => Date.now() + 25 * 3_600_000
  await expect(follow(peer, { from, count: 0, nowMs })).rejects.toMatchObject({ code: 'HISTORY_GONE' })
})

test('bookmarks have to be divided anew when a table joins', async () => {
  peer.shard('a')
  const [bookmark = ''] = await divide([(await follow(peer, { count: 0 })).bookmark], 2)
  const place = { endpoint: peer.url, region: 'eu-central-1', slices: 2 }
  await using same = await openDynamodbSource({ ...place, tables: ['items'] })
  await using more = await openDynamodbSource({ ...place, tables: ['items', 'more'] })
  expect([same, more].map(({ slicing }) => slicing.isDivided(bookmark))).toEqual([true, false])
})
