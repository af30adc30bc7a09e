// A broker that dies, connections that break, members that are cut off: on a broker of our own behind a behind.proxy.

import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { parseKafkaUrl } from '../../src/log/kafka/kafka-url.ts'
import type { Log, LogWriter } from '../../src/log/log.ts'
import { Member } from '../contract/log-member.ts'
import { collect, everything, record, recordsOf, text, unique, until, valuesOf, within } from '../contract/log-place.ts'
import { KafkaBehind } from '../support/kafka-behind.ts'
import { Random } from '../support/random.ts'

let behind: KafkaBehind

beforeAll(async () => {
  behind = await KafkaBehind.open()
})

afterAll(() => behind[Symbol.asyncDispose]())

const openThrough = () => openKafkaLog(parseKafkaUrl(behind.kafka.url))

/** Past the proxy: the other listeners tell clients their own port. */
const openDirectly = () => {
  const { username, password } = behind.kafka.account
  return openKafkaLog(
    parseKafkaUrl(`kafka://${username}:${password}@${behind.kafka.listener('SASL_PLAINTEXT')}?sasl=plain`),
  )
}

const isRetryable = (error: unknown) => error instanceof MillraceError && error.fate === 'retry'

function expectRetryable(error: unknown): void {
  if (!isRetryable(error)) throw error
}

/** Tries again and again, as `supervise` does. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (const startMs = performance.now(); ; await delay(20)) {
    try {
      return await work()
    } catch (error) {
      if (!isRetryable(error) || performance.now() - startMs > 20_000) throw error
    }
  }
}

/** Appends numbers with a bookmark, as capture does: after an error it opens a new writer and goes on from there. */
class Counting {
  readonly #log: Log
  readonly topic = unique('topic')
  readonly marks = unique('marks')
  readonly #id = unique('writer')
  next = 0
  errors = 0

  constructor(log: Log) {
    this.#log = log
  }

  async declare(): Promise<void> {
    await this.#log.declare([
      { topic: this.topic, partitions: 3, isCompacted: false },
      { topic: this.marks, partitions: 1, isCompacted: true },
    ])
  }

  async run(limit: number): Promise<void> {
    while (this.next < limit) {
      const writer = await retried(() => this.#log.writer(this.#id))
      try {
        this.next = await retried(() => this.#bookmark())
        while (this.next < limit) await this.#append(writer, Math.min(7, limit - this.next))
      } catch (error) {
        if (!isRetryable(error)) throw error
        this.errors++
      }
      await writer.close()
    }
  }

  async #bookmark(): Promise<number> {
    const [mark] = await collect(this.#log.latest(this.marks))
    return Number(text(mark?.value ?? null) ?? 0)
  }

  async #append(writer: LogWriter, count: number): Promise<void> {
    const next = this.next + count
    const numbers = Array.from({ length: count }, (_, index) => `${this.next + index}`)
    await writer.append([...numbers.map((one) => record(this.topic, one, one)), record(this.marks, 'mark', `${next}`)])
    this.next = next
  }

  async expectWhole(limit: number): Promise<void> {
    const found = valuesOf(await everything(this.#log, this.topic)).map(Number)
    expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, index) => index))
  }
}

/** Copies whatever comes to another topic with its commits; one that was not answered is made again. */
class Copying {
  readonly copies = unique('copies')
  readonly #reader = unique('reader')
  readonly done: Promise<void>
  readonly #log: Log
  readonly #abort = new AbortController()

  constructor(log: Log, topic: string) {
    this.#log = log
    this.done = this.#run(topic)
    this.done.catch(() => {})
  }

  async expectWhole(limit: number): Promise<void> {
    const all = async () => valuesOf(await everything(this.#log, this.copies)).map(Number)
    const isCopied = until('everything is copied', async () => (await all()).length >= limit)
    await Promise.race([isCopied, this.done])
    await this.leave()
    expect((await all()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, index) => index))
  }

  async leave(): Promise<void> {
    this.#abort.abort()
    await this.done
  }

  async #run(topic: string): Promise<void> {
    await retried(() => this.#log.declare([{ topic: this.copies, partitions: 1, isCompacted: false }]))
    for (; !this.#abort.signal.aborted; await delay(20)) await this.#copy(topic).catch(expectRetryable)
  }

  async #copy(topic: string): Promise<void> {
    for await (const batch of this.#log.follow(this.#reader, [topic], this.#abort)) {
      const copies = batch.records.map((one) => ({ ...one, topic: this.copies }))
      // What was not answered may have been done: the same commit again does it no second time.
      await batch.commit(copies).catch(() => batch.commit(copies))
    }
  }
}

describe('a broker that is killed', () => {
  test('loses and doubles nothing that is appended by bookmark, and its followers go on by themselves', async () => {
    const log = await openThrough()
    const counting = new Counting(log)
    await counting.declare()
    const copying = new Copying(log, counting.topic)
    const appending = counting.run(600)
    await until('appends go on', () => counting.next > 200)
    await behind.kill()
    await behind.start()
    await appending
    expect(counting.errors).toBeGreaterThan(0)
    await counting.expectWhole(600)
    await copying.expectWhole(600)
    await log.close()
  })

  test('and stays away for longer than a session is a retryable error, and no follower waits after it is back', async () => {
    const log = await openThrough()
    const topic = unique('topic')
    await log.declare([{ topic, partitions: 1, isCompacted: false }])
    const reader = unique('reader')
    const member = new Member(log, reader, [topic])
    const writer = await log.writer(unique('writer'))
    await writer.append(recordsOf(topic, ['a']))
    await member.take(1)
    await behind.kill()
    await expect(member.next()).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE', fate: 'retry' })
    await expect(writer.append(recordsOf(topic, ['b']))).rejects.toMatchObject({ fate: 'retry' })
    await behind.start()
    const again = new Member(log, reader, [topic])
    await retried(async () => (await log.writer(unique('writer'))).append(recordsOf(topic, ['b'])))
    expect(valuesOf(await within('reading on', again.take(1)))).toEqual(['b'])
    await again.leave()
    await log.close()
  })
})

describe('connections that break', () => {
  test('at any moment lose and double nothing', async () => {
    const random = new Random()
    const log = await openThrough()
    const counting = new Counting(log)
    await counting.declare()
    const copying = new Copying(log, counting.topic)
    const appending = counting.run(500)
    while (counting.next < 400) {
      // The moment is what varies; nothing is waited for.
      await delay(random.below(60))
      behind.proxy.cut()
    }
    await appending
    expect(counting.errors).toBeGreaterThan(0)
    await counting.expectWhole(500)
    await copying.expectWhole(500)
    await log.close()
  })
})

describe('a connection that breaks while a commit is on its way', () => {
  test('leaves it to be made again, and it is made once', async () => {
    const random = new Random()
    const [far, near] = [await openThrough(), await openDirectly()]
    const [topic, copies] = [unique('topic'), unique('copies')]
    await near.declare([topic, copies].map((name) => ({ topic: name, partitions: 1, isCompacted: false })))
    const writer = await near.writer(unique('writer'))
    const member = new Member(far, unique('reader'), [topic])
    const values = Array.from({ length: 60 }, (_, round) => `${round}`)
    for (const value of values) {
      await writer.append(recordsOf(topic, [value]))
      const batch = await member.next()
      const commit = batch.commit(recordsOf(copies, valuesOf(batch.records).map(String)))
      commit.catch(() => {})
      await delay(random.below(8))
      behind.proxy.cut()
      await commit.catch(() => retried(() => batch.commit(recordsOf(copies, valuesOf(batch.records).map(String)))))
    }
    expect(valuesOf(await everything(near, copies))).toEqual(values)
    await member.leave()
    await Promise.all([far.close(), near.close()])
  })
})

describe('a member that is cut off for longer than its session', () => {
  test('loses its partitions to another, and cannot commit when it is back', async () => {
    const [far, near] = [await openThrough(), await openDirectly()]
    const [topic, dead] = [unique('topic'), unique('dead')]
    await near.declare([topic, dead].map((name) => ({ topic: name, partitions: 1, isCompacted: false })))
    const reader = unique('reader')
    const zombie = new Member(far, reader, [topic])
    const writer = await near.writer(unique('writer'))
    await writer.append(recordsOf(topic, ['a']))
    const stale = await zombie.next()
    behind.proxy.pause()
    const heir = new Member(near, reader, [topic])
    const batch = await heir.next()
    expect(valuesOf(batch.records)).toEqual(['a'])
    behind.proxy.resume()
    await expect(stale.commit(recordsOf(dead, ['zombie']))).rejects.toMatchObject({ code: 'LOG_CURSOR_LOST' })
    await expect(stale.commit()).rejects.toMatchObject({ code: 'LOG_CURSOR_LOST' })
    expect(await everything(near, dead)).toEqual([])
    expect(await near.lag(reader, topic)).toBe(1)
    await batch.commit(recordsOf(dead, ['alive']))
    expect(valuesOf(await everything(near, dead))).toEqual(['alive'])
    expect(await near.committed(reader, topic)).toEqual([batch.next])
    await Promise.all([zombie.leave(), heir.leave()])
    await Promise.all([far.close(), near.close()])
  })
})
