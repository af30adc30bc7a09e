import { describe, expect, test } from 'vitest'
import type { Cursor } from '../../src/core/cursor.ts'
import { Member } from './log-member.ts'
import {
  bytes,
  collect,
  everything,
  LogBench,
  record,
  recordsOf,
  type StartPlace,
  text,
  unique,
  valuesOf,
} from './log-place.ts'

export function describeAsking(start: StartPlace): void {
  describe('ranges', () => {
    const bench = new LogBench(start)
    const rangeOf = async (from: Cursor, to: Cursor) =>
      valuesOf((await collect(bench.log.range(from, to, new AbortController().signal))).flat())

    test('hold what lies between their bounds, the first in and the last out', async () => {
      const topic = await bench.topic()
      await bench.append(recordsOf(topic, ['a', 'b', 'c', 'd', 'e']))
      const [end] = await bench.log.ends(topic)
      const places = (await everything(bench.log, topic)).map((one) => ({ ...end!, offset: one.offset }))
      expect(await rangeOf(places[1]!, places[3]!)).toEqual(['b', 'c'])
      expect(await rangeOf(places[0]!, end!)).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(await rangeOf(places[4]!, end!)).toEqual(['e'])
      expect(await rangeOf(places[2]!, places[2]!)).toEqual([])
      expect(await rangeOf(end!, end!)).toEqual([])
    })

    test('end where they were asked to, whatever is appended meanwhile', async () => {
      const topic = await bench.topic()
      await bench.append(recordsOf(topic, ['a', 'b']))
      const [end] = await bench.log.ends(topic)
      await bench.append(recordsOf(topic, ['c']))
      expect(await rangeOf({ ...end!, offset: 0 }, end!)).toEqual(['a', 'b'])
    })

    test('of another incarnation of the topic are refused', async () => {
      const topic = await bench.topic()
      await bench.append(recordsOf(topic, ['a']))
      const [end] = await bench.log.ends(topic)
      const other = { ...end!, topicId: '00000000-0000-4000-8000-000000000000' }
      await expect(rangeOf({ ...other, offset: 0 }, other)).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
    })
  })

  describe('compacted topics', () => {
    const bench = new LogBench(start)
    const latestOf = async (topic: string) =>
      Object.fromEntries((await collect(bench.log.latest(topic))).map((one) => [text(one.key), text(one.value)]))

    test('give the newest value of each key, and none of a deleted one', async () => {
      const topic = await bench.topic({ partitions: 3, isCompacted: true })
      expect(await latestOf(topic)).toEqual({})
      await bench.append([record(topic, 'a', 'a1'), record(topic, 'b', 'b1'), record(topic, 'c', 'c1')])
      await bench.append([record(topic, 'a', 'a2'), record(topic, 'b', null), record(topic, 'd', null)])
      expect(await latestOf(topic)).toEqual({ a: 'a2', c: 'c1' })
      await bench.append([record(topic, 'b', 'b2'), record(topic, 'a', null)])
      expect(await latestOf(topic)).toEqual({ b: 'b2', c: 'c1' })
    })

    test('take the last of several records of a key in one append', async () => {
      const topic = await bench.topic({ isCompacted: true })
      await bench.append([
        record(topic, 'a', '1'),
        record(topic, 'a', '2'),
        record(topic, 'b', null),
        record(topic, 'b', '3'),
      ])
      expect(await latestOf(topic)).toEqual({ a: '2', b: '3' })
    })

    test('hold thousands of keys, the empty one too', async () => {
      const topic = await bench.topic({ isCompacted: true })
      const keys = ['', ...Array.from({ length: 3000 }, (_, index) => `key ${index}`)]
      await bench.append(keys.map((key) => ({ topic, key: bytes(key), value: bytes(`of ${key}`) })))
      expect(await latestOf(topic)).toEqual(Object.fromEntries(keys.map((key) => [key, `of ${key}`])))
    })

    test('show a follower a deletion that comes after its cursor', async () => {
      const topic = await bench.topic({ isCompacted: true })
      const member = new Member(bench.log, unique('reader'), [topic])
      await bench.append(recordsOf(topic, ['a']))
      await member.take(1)
      await bench.append([record(topic, 'one', null)])
      expect(valuesOf(await member.take(1))).toEqual([null])
      await member.leave()
    })
  })

  describe('cursors', () => {
    const bench = new LogBench(start)

    test('a time is found in each partition, and its end where nothing is as new', async () => {
      const topic = await bench.topic({ partitions: 2 })
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
      const startMs = Date.now() - 3_600_000
      const at = (ms: number) => startMs + ms
      for (const timeMs of [at(1_000), at(2_000), at(3_000)]) {
        await bench.append(keys.map((key) => ({ topic, key: bytes(key), value: bytes(`${timeMs}`), timeMs })))
      }
      const ends = await bench.log.ends(topic)
      const firstAt = async (timeMs: number) => {
        const cursors = await bench.log.at(topic, new Date(timeMs))
        expect(cursors.map((one) => one.partition)).toEqual([0, 1])
        const found = cursors.map((one, index) =>
          collect(bench.log.range(one, ends[index]!, new AbortController().signal)),
        )
        return (await Promise.all(found)).map((records) => records.flat()[0]?.timeMs)
      }
      expect(await firstAt(at(0))).toEqual([at(1_000), at(1_000)])
      expect(await firstAt(at(2_000))).toEqual([at(2_000), at(2_000)])
      expect(await firstAt(at(2_001))).toEqual([at(3_000), at(3_000)])
      const late = await bench.log.at(topic, new Date(at(3_001)))
      // A log that marks the ends of transactions may have moved on a little since.
      expect(late.map((one, index) => one.offset >= ends[index]!.offset)).toEqual([true, true])
      expect(late).toEqual(ends.map((one, index) => ({ ...one, offset: late[index]!.offset })))
    })

    test('a reader that has committed nothing stands at the beginning', async () => {
      const topic = await bench.topic({ partitions: 2 })
      await bench.append(recordsOf(topic, ['a']))
      const committed = await bench.log.committed(unique('reader'), topic)
      expect(committed.map(({ partition, offset }) => [partition, offset])).toEqual([
        [0, 0],
        [1, 0],
      ])
    })

    test('lag counts the records behind the cursor, and is 0 when caught up', async () => {
      const topic = await bench.topic({ partitions: 3 })
      const reader = unique('reader')
      expect(await bench.log.lag(reader, topic)).toBe(0)
      await bench.append(Array.from({ length: 30 }, (_, index) => record(topic, `${index}`, 'first')))
      expect(await bench.log.lag(reader, topic)).toBe(30)
      const member = new Member(bench.log, reader, [topic])
      await member.take(30)
      expect(await bench.log.lag(reader, topic)).toBe(0)
      await bench.append(recordsOf(topic, ['second']))
      expect(await bench.log.lag(reader, topic)).toBe(1)
      await member.take(1)
      await member.leave()
      expect(await bench.log.lag(reader, topic)).toBe(0)
    })

    test('lag is 0 behind an aborted transaction, which nobody sees', async () => {
      const topic = await bench.topic()
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a']))
      const member = new Member(bench.log, reader, [topic])
      await member.take(1)
      await bench.place.leaveAborted?.(topic)
      expect(await bench.log.lag(reader, topic)).toBe(0)
      expect(valuesOf(await everything(bench.log, topic))).toEqual(['a'])
      await bench.append(recordsOf(topic, ['b']))
      expect(valuesOf(await member.take(1))).toEqual(['b'])
      expect(await bench.log.lag(reader, topic)).toBe(0)
      await member.leave()
    })

    test('lag of a compacted topic is 0 when caught up, deletions included', async () => {
      const topic = await bench.topic({ isCompacted: true })
      const reader = unique('reader')
      const member = new Member(bench.log, reader, [topic])
      await bench.append([record(topic, 'a', '1'), record(topic, 'b', '2')])
      await member.take(2)
      await bench.append([record(topic, 'a', null)])
      await member.take(1)
      expect(await bench.log.lag(reader, topic)).toBe(0)
      await member.leave()
    })
  })
}
