import { describe, expect, test } from 'vitest'
import { BusyMember, Member } from './log-member.ts'
import { LogBench, record, recordsOf, type StartPlace, text, unique, until, valuesOf } from './log-place.ts'

const KEYS = Array.from({ length: 24 }, (_, index) => `key ${index}`)

/** One record of every key, so that every partition gets some; says which round it is. */
const roundOf = (topic: string, round: number) => KEYS.map((key) => record(topic, key, `${round}`))

export function describeSharing(start: StartPlace): void {
  describe('members of one reader', () => {
    const bench = new LogBench(start)

    test('share the partitions, hand them over when one joins or leaves, and lose and repeat nothing committed', async () => {
      const topic = await bench.topic({ partitions: 4 })
      const reader = unique('reader')
      let rounds = 0
      const appendRound = () => bench.append(roundOf(topic, ++rounds))
      const first = new BusyMember(bench.log, reader, [topic])
      await appendRound()
      await until('the first member reads all', () => first.partitions.size === 4)
      const second = new BusyMember(await bench.open(), reader, [topic])
      await until('the second member gets half', async () => {
        await appendRound()
        return second.partitions.size === 2
      })
      await second.leave()
      const before = first.records.length
      await until('the first member reads all again', async () => {
        await appendRound()
        return new Set(first.records.slice(before).map((one) => one.partition)).size === 4
      })
      await until('everything is read', async () => (await bench.log.lag(reader, topic)) === 0)
      await first.leave()
      const seen = [...first.records, ...second.records]
      const places = new Set(seen.map((one) => `${one.partition}:${one.offset}`))
      expect(seen).toHaveLength(rounds * KEYS.length)
      expect(places.size).toBe(seen.length)
      for (const member of [first, second]) {
        for (const key of KEYS) {
          const own = member.records.filter((one) => text(one.key) === key).map((one) => Number(text(one.value)))
          expect(own).toEqual(own.toSorted((a, b) => a - b))
        }
      }
    })

    test('a member that waits takes over what the leaving one had not committed', async () => {
      const topic = await bench.topic()
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a']))
      const holder = new Member(bench.log, reader, [topic])
      await holder.next()
      const waiting = new Member(await bench.open(), reader, [topic])
      const asked = waiting.next()
      await holder.leave()
      const batch = await asked
      expect(valuesOf(batch.records)).toEqual(['a'])
      await batch.commit()
      await waiting.leave()
    })

    test('each member is told how many partitions it holds; one that stands by, that it holds none', async () => {
      const topic = await bench.topic({ partitions: 1 })
      const reader = unique('reader')
      const join = async () => {
        const member = new Member(await bench.open(), reader, [topic])
        void member.ask()
        await until('its share', () => member.shares.length > 0)
        return member
      }
      const members = [await join(), await join()]
      const held = () => members.map(({ shares }) => shares.at(-1))
      await until('one partition between two', () => `${held().toSorted()}` === '0,1')
      const [holder, standby] = held()[0] === 1 ? members : members.toReversed()
      await holder!.leave()
      await until('the other to hold it', () => standby!.shares.at(-1) === 1)
      await standby!.leave()
    })

    test('a log that closes in the middle of a batch gives its partitions to the others', async () => {
      const topic = await bench.topic()
      const reader = unique('reader')
      await bench.append(recordsOf(topic, ['a']))
      const closing = await bench.place.open()
      const holder = new Member(closing, reader, [topic])
      await holder.next()
      await closing.close()
      const heir = new Member(bench.log, reader, [topic])
      expect(valuesOf(await heir.take(1))).toEqual(['a'])
      await heir.leave()
    })
  })

  describe('ending', () => {
    const bench = new LogBench(start)

    test('an abort ends a waiting iteration', async () => {
      const member = new Member(bench.log, unique('reader'), [await bench.topic()])
      const asked = member.ask()
      await member.leave()
      expect((await asked).done).toBe(true)
    })

    test('an iteration whose signal has aborted already ends at once', async () => {
      const topic = await bench.topic()
      await bench.append(recordsOf(topic, ['a']))
      const batches = bench.log
        .follow(unique('reader'), [topic], { signal: AbortSignal.abort() })
        [Symbol.asyncIterator]()
      expect((await batches.next()).done).toBe(true)
    })

    test('an abort ends a range between two pieces', async () => {
      const topic = await bench.topic()
      const filler = 'x'.repeat(100_000)
      for (let round = 0; round < 4; round++) {
        await bench.append(
          recordsOf(
            topic,
            Array.from({ length: 10 }, () => filler),
          ),
        )
      }
      const [end] = await bench.log.ends(topic)
      const abort = new AbortController()
      let seen = 0
      for await (const records of bench.log.range({ ...end!, offset: 0 }, end!, abort.signal)) {
        seen += records.length
        abort.abort()
      }
      expect(seen).toBeGreaterThan(0)
      expect(seen).toBeLessThan(40)
    })

    test('closing the log ends its followers and refuses further use', async () => {
      const topic = await bench.topic()
      const log = await bench.place.open()
      const member = new Member(log, unique('reader'), [topic])
      const writer = await log.writer(unique('writer'))
      const asked = member.ask()
      await log.close()
      expect((await asked).done).toBe(true)
      await expect(writer.append(recordsOf(topic, ['a']))).rejects.toMatchObject({ code: 'LOG_CLOSED' })
      await expect(log.ends(topic)).rejects.toMatchObject({ code: 'LOG_CLOSED' })
      await log.close()
    })
  })
}
