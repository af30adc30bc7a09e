import { describe, expect, test } from 'vitest'
import { RECORD_BYTES_MAX } from '../../src/log/log.ts'
import { Member } from './log-member.ts'
import { bytes, everything, LogBench, record, recordsOf, type StartPlace, text, unique, valuesOf } from './log-place.ts'

export function describeFollowing(start: StartPlace): void {
  describe('following', () => {
    const bench = new LogBench(start)

    test('a reader starts at the beginning and goes on from its cursor', async () => {
      const topic = await bench.topic()
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a', 'b']))
      const first = new Member(bench.log, reader, [topic])
      expect(valuesOf(await first.take(2))).toEqual(['a', 'b'])
      await first.leave()
      await bench.append(recordsOf(topic, ['c']))
      const second = new Member(await bench.open(), reader, [topic])
      expect(valuesOf(await second.take(1))).toEqual(['c'])
      await second.leave()
    })

    test('a waiting follower gets what another process appends', async () => {
      const topic = await bench.topic()
      const member = new Member(await bench.open(), unique('reader'), [topic])
      for (const value of ['a', 'b', 'c']) {
        const asked = member.next()
        await bench.append(recordsOf(topic, [value]))
        const batch = await asked
        expect(valuesOf(batch.records)).toEqual([value])
        await batch.commit()
      }
      await member.leave()
    })

    test('a batch is of one partition and says where the reader stands after it', async () => {
      const topic = await bench.topic({ partitions: 3 })
      await bench.append(Array.from({ length: 30 }, (_, index) => record(topic, `${index}`, `${index}`)))
      const member = new Member(bench.log, unique('reader'), [topic])
      const [{ topicId } = { topicId: '' }] = await bench.log.ends(topic)
      for (let seen = 0; seen < 30; ) {
        const { records, next, commit } = await member.next()
        const last = records.at(-1)!
        expect(new Set(records.map((one) => one.partition))).toEqual(new Set([next.partition]))
        expect(next).toMatchObject({ topic, topicId })
        expect(next.offset).toBeGreaterThan(last.offset)
        seen += records.length
        await commit()
      }
      await member.leave()
    })

    test('a batch begins where the one before it ended, and at first where the reader stood', async () => {
      const topic = await bench.topic()
      const reader = unique('reader')
      let stands = 0
      for (const values of [['a', 'b'], ['c']]) {
        const member = new Member(bench.log, reader, [topic])
        for (const value of values) {
          await bench.append(recordsOf(topic, [value]))
          const { from, next, commit } = await member.next()
          expect(from).toBe(stands)
          stands = next.offset
          await commit()
        }
        await member.leave()
        const [cursor] = await bench.log.committed(reader, topic)
        stands = cursor!.offset
      }
    })

    test('one member follows several topics, compacted ones too', async () => {
      const topics = [await bench.topic(), await bench.topic({ partitions: 2, isCompacted: true })]
      await bench.append(topics.flatMap((topic) => recordsOf(topic, [`of ${topic}`])))
      const member = new Member(bench.log, unique('reader'), topics)
      expect(valuesOf(await member.take(2)).toSorted()).toEqual(topics.map((topic) => `of ${topic}`).toSorted())
      await member.leave()
    })

    test('two readers each get everything', async () => {
      const topic = await bench.topic()
      await bench.append(recordsOf(topic, ['a', 'b']))
      for (const reader of [unique('reader'), unique('reader')]) {
        const member = new Member(bench.log, reader, [topic])
        expect(valuesOf(await member.take(2))).toEqual(['a', 'b'])
        await member.leave()
      }
    })

    test('the next batch of a partition waits for the commit of the last; other partitions go on', async () => {
      const topic = await bench.topic({ partitions: 2 })
      const keys = Array.from({ length: 20 }, (_, index) => `${index}`)
      await bench.append(keys.map((key) => record(topic, key, 'first')))
      const member = new Member(bench.log, unique('reader'), [topic])
      const [one, other] = [await member.next(), await member.next()]
      expect(new Set([one.next.partition, other.next.partition])).toEqual(new Set([0, 1]))
      const asked = member.next()
      await bench.append(keys.map((key) => record(topic, key, 'second')))
      await one.commit()
      const third = await asked
      expect(third.next.partition).toBe(one.next.partition)
      expect(new Set(valuesOf(third.records))).toEqual(new Set(['second']))
      await member.leave()
    })

    test('what was not committed comes again, and what was does not', async () => {
      const topic = await bench.topic()
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a']))
      const first = new Member(bench.log, reader, [topic])
      await first.take(1)
      await bench.append(recordsOf(topic, ['b', 'c']))
      expect(valuesOf((await first.next()).records)).toEqual(['b', 'c'])
      await first.leave()
      const second = new Member(bench.log, reader, [topic])
      expect(valuesOf(await second.take(2))).toEqual(['b', 'c'])
      await second.leave()
    })

    test('thousands of records come in order, each once', async () => {
      const topic = await bench.topic()
      const values = Array.from({ length: 5000 }, (_, index) => `${index} ${'x'.repeat(300)}`)
      for (let at = 0; at < values.length; at += 1000) await bench.append(recordsOf(topic, values.slice(at, at + 1000)))
      const member = new Member(bench.log, unique('reader'), [topic])
      expect(valuesOf(await member.take(5000))).toEqual(values)
      await member.leave()
    })

    test('following an unknown topic is an error', async () => {
      const member = new Member(bench.log, unique('reader'), [unique('missing')])
      await expect(member.next()).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
    })
  })

  describe('committing', () => {
    const bench = new LogBench(start)

    test('a commit moves the cursor together with what the batch leaves behind', async () => {
      const [topic, dead] = [await bench.topic(), await bench.topic({ isCompacted: true })]
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a']))
      const member = new Member(bench.log, reader, [topic])
      const batch = await member.next()
      await batch.commit(recordsOf(dead, ['rejected']))
      expect(valuesOf(await everything(bench.log, dead))).toEqual(['rejected'])
      expect(await bench.log.committed(reader, topic)).toEqual([batch.next])
      await member.leave()
    })

    test('a commit that fails moves nothing and may be tried again', async () => {
      const [topic, dead] = [await bench.topic(), await bench.topic()]
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a']))
      const member = new Member(bench.log, reader, [topic])
      const batch = await member.next()
      const large = { topic: dead, key: bytes('big'), value: new Uint8Array(RECORD_BYTES_MAX) }
      const commit = batch.commit([...recordsOf(dead, ['small']), large])
      await expect(commit).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
      expect(await everything(bench.log, dead)).toEqual([])
      expect(await bench.log.lag(reader, topic)).toBe(1)
      await batch.commit(recordsOf(dead, ['reason']))
      expect(valuesOf(await everything(bench.log, dead))).toEqual(['reason'])
      expect(await bench.log.lag(reader, topic)).toBe(0)
      await member.leave()
    })

    test('a commit made twice counts once, also when later batches were committed', async () => {
      const [topic, dead] = [await bench.topic(), await bench.topic()]
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a']))
      const member = new Member(bench.log, reader, [topic])
      const first = await member.next()
      await first.commit(recordsOf(dead, ['of a']))
      await bench.append(recordsOf(topic, ['b']))
      const second = await member.next()
      await second.commit()
      await first.commit(recordsOf(dead, ['of a']))
      expect(await bench.log.committed(reader, topic)).toEqual([second.next])
      expect(valuesOf(await everything(bench.log, dead))).toEqual(['of a'])
      await member.leave()
    })

    test('a member that lost its partition cannot commit, and leaves nothing behind', async () => {
      const [topic, dead] = [await bench.topic(), await bench.topic()]
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a', 'b']))
      const zombie = new Member(bench.log, reader, [topic])
      const stale = await zombie.next()
      await zombie.leave()
      const successor = new Member(await bench.open(), reader, [topic])
      const taken = await successor.next()
      expect(valuesOf(taken.records)).toEqual(['a', 'b'])
      await expect(stale.commit(recordsOf(dead, ['zombie']))).rejects.toMatchObject({ code: 'LOG_CURSOR_LOST' })
      expect(await everything(bench.log, dead)).toEqual([])
      expect(await bench.log.lag(reader, topic)).toBe(2)
      await taken.commit(recordsOf(dead, ['alive']))
      await expect(stale.commit(recordsOf(dead, ['zombie']))).rejects.toMatchObject({ code: 'LOG_CURSOR_LOST' })
      expect(valuesOf(await everything(bench.log, dead))).toEqual(['alive'])
      expect(await bench.log.committed(reader, topic)).toEqual([taken.next])
      await successor.leave()
    })

    test('batches of several partitions may be committed at once', async () => {
      const topic = await bench.topic({ partitions: 4 })
      const reader = unique('reader')
      const keys = Array.from({ length: 40 }, (_, index) => `${index}`)
      await bench.append(keys.map((key) => record(topic, key, key)))
      const member = new Member(bench.log, reader, [topic])
      const batches = [await member.next(), await member.next(), await member.next(), await member.next()]
      await Promise.all(batches.map((batch) => batch.commit(recordsOf(topic, []))))
      expect(batches.flatMap((batch) => batch.records.map((one) => text(one.key))).toSorted()).toEqual(keys.toSorted())
      expect(await bench.log.lag(reader, topic)).toBe(0)
      await member.leave()
    })
  })
}
