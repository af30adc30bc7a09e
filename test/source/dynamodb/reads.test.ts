// Which shards are read when: those that are due, and along with them those that are idle and may come a little early.

import { expect, test } from 'vitest'
import { Reads } from '../../../src/source/dynamodb/reads.ts'
import { ShardPace } from '../../../src/source/dynamodb/shard-pace.ts'
import type { ShardReader } from '../../../src/source/dynamodb/shard-reader.ts'
import type { TableStream } from '../../../src/source/dynamodb/table-stream.ts'

/** Shards by their paces, each read in no time; answers the times at which each was read. */
async function readFor(paces: readonly ShardPace[], lastMs: number, bringsRecords: (shard: number) => boolean) {
  const times: number[][] = paces.map(() => [])
  let nowMs = 0
  const readers = paces.map((pace, shard) => ({
    get dueMs() {
      return pace.dueMs
    },
    get earliestMs() {
      return pace.earliestMs
    },
    fetch: async () => {
      times[shard]?.push(nowMs)
      pace.took({ startMs: nowMs, isFull: false, isBusy: bringsRecords(shard) })
      return { startMs: nowMs, page: {}, error: null }
    },
  }))
  const streams = [{ readers: readers as unknown as readonly ShardReader[] } as TableStream]
  const reads = new Reads(new AbortController().signal)
  for (; nowMs <= lastMs; nowMs += 10) {
    reads.begin(streams, nowMs)
    await new Promise(setImmediate)
    reads.take()
  }
  return times
}

test('idle shards come to be read together, once a second, whenever each of them began', async () => {
  const begins = [0, 130, 470, 860]
  const paces = begins.map((beginMs) => new ShardPace(beginMs))
  const times = await readFor(paces, 30_000, () => false)
  const late = times.map((ofShard) => ofShard.filter((ms) => ms > 20_000))
  expect(new Set(late.map((ofShard) => ofShard.join())).size).toBe(1)
  const gaps = (late[0] ?? []).map((ms, at, all) => ms - (all[at - 1] ?? ms - 1_000))
  expect(new Set(gaps)).toEqual(new Set([1_000]))
})

test('one that is busy is read at its own pace, and draws none along', async () => {
  const times = await readFor([new ShardPace(0), new ShardPace(0)], 30_000, (shard) => shard === 0)
  const [busy = [], idle = []] = times.map((ofShard) => ofShard.filter((ms) => ms > 20_000))
  expect(busy.length).toBe(200)
  expect(idle.length).toBe(10)
})

test('one that was throttled is read along with none before its time', () => {
  const pace = new ShardPace(0)
  for (let time = 0; time < 10; time++) pace.throttled(0)
  pace.took({ startMs: 0, isFull: true, isBusy: true })
  expect([pace.earliestMs, pace.dueMs]).toEqual([1_000, 1_000])
})
