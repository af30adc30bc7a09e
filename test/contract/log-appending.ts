import { describe, expect, test } from 'vitest'
import { RECORD_BYTES_MAX } from '../../src/log/log.ts'
import { bytes, everything, LogBench, record, recordsOf, type StartPlace, text, unique, valuesOf } from './log-place.ts'

export function describeAppending(start: StartPlace): void {
  describe('topics', () => {
    const bench = new LogBench(start)

    test('declaring a topic again changes nothing', async () => {
      const topic = await bench.topic({ partitions: 3 })
      await bench.append(recordsOf(topic, ['a']))
      await bench.log.declare([{ topic, partitions: 3, isCompacted: false }])
      expect(valuesOf(await everything(bench.log, topic))).toEqual(['a'])
    })

    test('a topic that exists otherwise than declared is refused', async () => {
      const topic = await bench.topic({ partitions: 3 })
      for (const other of [{ partitions: 2 }, { isCompacted: true }]) {
        const declared = bench.log.declare([{ topic, partitions: 3, isCompacted: false, ...other }])
        await expect(declared).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' })
      }
    })

    test('a topic that another process declared is found', async () => {
      const topic = await bench.topic()
      const other = await bench.open()
      const writer = await other.writer(unique('writer'))
      await writer.append(recordsOf(topic, ['a']))
      expect(valuesOf(await everything(bench.log, topic))).toEqual(['a'])
    })

    test('a topic that nobody declared is unknown', async () => {
      const writer = await bench.log.writer(unique('writer'))
      const missing = unique('missing')
      await expect(writer.append(recordsOf(missing, ['a']))).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
      await expect(bench.log.ends(missing)).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
    })
  })

  describe('appending', () => {
    const bench = new LogBench(start)

    test('records of one partition keep their order', async () => {
      const topic = await bench.topic()
      const writer = await bench.log.writer(unique('writer'))
      await writer.append(recordsOf(topic, ['a', 'b']))
      await writer.append(recordsOf(topic, ['c']))
      const found = await everything(bench.log, topic)
      expect(valuesOf(found)).toEqual(['a', 'b', 'c'])
      expect(found.map((one) => one.offset)).toEqual(found.map((one) => one.offset).toSorted((a, b) => a - b))
    })

    test('records of one key lie in one partition, in order; many keys spread over all', async () => {
      const topic = await bench.topic({ partitions: 5 })
      const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`)
      const rounds = [1, 2, 3].map((round) => keys.map((key) => record(topic, key, `${key} round ${round}`)))
      for (const round of rounds) await bench.append(round)
      const found = await everything(bench.log, topic)
      for (const key of keys) {
        const own = found.filter((one) => text(one.key) === key)
        expect(valuesOf(own)).toEqual([1, 2, 3].map((round) => `${key} round ${round}`))
        expect(new Set(own.map((one) => one.partition)).size).toBe(1)
      }
      expect(new Set(found.map((one) => one.partition))).toEqual(new Set([0, 1, 2, 3, 4]))
    })

    test('a topic may have many partitions', async () => {
      const topic = await bench.topic({ partitions: 50 })
      const values = Array.from({ length: 500 }, (_, index) => `${index}`)
      await bench.append(values.map((value) => record(topic, value, value)))
      expect(valuesOf(await everything(bench.log, topic)).toSorted()).toEqual(values.toSorted())
      expect(await bench.log.ends(topic)).toHaveLength(50)
    })

    test('nothing appended is nothing changed', async () => {
      const topic = await bench.topic()
      const before = await bench.log.ends(topic)
      await bench.append([])
      expect(await bench.log.ends(topic)).toEqual(before)
    })

    test('keys, values and times come back as they were', async () => {
      const topic = await bench.topic()
      const odd = Uint8Array.from({ length: 256 }, (_, index) => index)
      const beforeMs = Date.now()
      await bench.append([
        { topic, key: odd, value: odd, timeMs: beforeMs - 3_600_123 },
        { topic, key: bytes(''), value: bytes('') },
        { topic, key: bytes('gone'), value: null },
      ])
      const [first, empty, gone] = await everything(bench.log, topic)
      expect(Uint8Array.from(first!.key)).toEqual(odd)
      expect(Uint8Array.from(first!.value!)).toEqual(odd)
      expect(first!.timeMs).toBe(beforeMs - 3_600_123)
      expect([empty!.key.length, empty!.value?.length]).toEqual([0, 0])
      expect(empty!.timeMs).toBeGreaterThanOrEqual(beforeMs)
      expect(gone!.value).toBeNull()
    })

    test('a time that lies far back is no obstacle: what was made long ago may be captured or copied now', async () => {
      const topic = await bench.topic()
      const timeMs = Date.now() - 30 * 24 * 60 * 60 * 1000
      await bench.append([{ topic, key: bytes('one'), value: bytes('late'), timeMs }])
      const [found] = await everything(bench.log, topic)
      expect(text(found!.value)).toBe('late')
      expect(found!.timeMs).toBeGreaterThanOrEqual(timeMs)
      expect(found!.timeMs).toBeLessThan(Date.now())
    })

    test('a time that lies ahead is no obstacle: clocks need not agree', async () => {
      const topic = await bench.topic()
      const nowMs = Date.now()
      await bench.append([
        { topic, key: bytes('one'), value: bytes('ahead'), timeMs: nowMs + 30 * 24 * 60 * 60 * 1000 },
        { topic, key: bytes('one'), value: bytes('in time'), timeMs: nowMs },
      ])
      const found = await everything(bench.log, topic)
      expect(valuesOf(found)).toEqual(['ahead', 'in time'])
      expect(found[0]!.timeMs).toBeGreaterThanOrEqual(nowMs)
      expect(found[1]!.timeMs).toBe(nowMs)
    })

    test('records of 1 MB and 8 MB pass unharmed, beside small ones', async () => {
      const topic = await bench.topic()
      const values = [1_000_000, 5, 8_000_000].map((size) => new Uint8Array(size).fill(size % 251))
      await bench.append(values.map((value) => ({ topic, key: bytes('big'), value })))
      const found = await everything(bench.log, topic)
      expect(found.map((one) => Buffer.compare(one.value!, values[found.indexOf(one)]!))).toEqual([0, 0, 0])
    })

    test('a record that is too large is refused, and what came with it', async () => {
      const topic = await bench.topic()
      const large = { topic, key: bytes('big'), value: new Uint8Array(RECORD_BYTES_MAX) }
      const appended = bench.append([...recordsOf(topic, ['a']), large, ...recordsOf(topic, ['b'])])
      await expect(appended).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' })
      expect(await everything(bench.log, topic)).toEqual([])
    })

    test('an append with an unknown topic appends nothing to the known', async () => {
      const topic = await bench.topic()
      const appended = bench.append([...recordsOf(topic, ['a']), ...recordsOf(unique('missing'), ['b'])])
      await expect(appended).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
      expect(await everything(bench.log, topic)).toEqual([])
    })
  })

  describe('writers', () => {
    const bench = new LogBench(start)

    test('a newer writer of the same id fences the older, in whatever process, and nothing of its append stays', async () => {
      const [here, there] = [await bench.topic(), await bench.topic({ isCompacted: true })]
      const id = unique('writer')
      const older = await bench.log.writer(id)
      await older.append(recordsOf(here, ['a']))
      const newer = await (await bench.open()).writer(id)
      const late = older.append([...recordsOf(here, ['lost']), ...recordsOf(there, ['lost'])])
      await expect(late).rejects.toMatchObject({ code: 'LOG_FENCED' })
      await newer.append([...recordsOf(here, ['b']), ...recordsOf(there, ['b'])])
      expect(valuesOf(await everything(bench.log, here))).toEqual(['a', 'b'])
      expect(valuesOf(await everything(bench.log, there))).toEqual(['b'])
    })

    test('a fenced writer stays fenced when the newer one has closed', async () => {
      const topic = await bench.topic()
      const id = unique('writer')
      const older = await bench.log.writer(id)
      const newer = await bench.log.writer(id)
      await newer.close()
      await expect(older.append(recordsOf(topic, ['lost']))).rejects.toMatchObject({ code: 'LOG_FENCED' })
    })

    test('writers of different ids append at once, each in its order', async () => {
      const topic = await bench.topic()
      const logs = [bench.log, await bench.open(), await bench.open()]
      const values = (name: number) => Array.from({ length: 10 }, (_, index) => `${name}:${index}`)
      await Promise.all(
        logs.map(async (log, name) => {
          const writer = await log.writer(unique('writer'))
          for (const value of values(name)) await writer.append(recordsOf(topic, [value]))
        }),
      )
      const found = valuesOf(await everything(bench.log, topic))
      for (const name of logs.keys())
        expect(found.filter((value) => value?.startsWith(`${name}:`))).toEqual(values(name))
      expect(found).toHaveLength(30)
    })

    test('an append is seen whole or not at all', async () => {
      const topic = await bench.topic()
      const other = await bench.open()
      const writer = await bench.log.writer(unique('writer'))
      let isWriting = true
      const writing = (async () => {
        for (let round = 0; round < 20; round++) {
          await writer.append(
            recordsOf(
              topic,
              Array.from({ length: 7 }, (_, index) => `${round}:${index}`),
            ),
          )
        }
        isWriting = false
      })()
      for (let seen = 0; isWriting || seen < 140; ) {
        seen = (await everything(other, topic)).length
        expect(seen % 7).toBe(0)
      }
      await writing
    })
  })
}
