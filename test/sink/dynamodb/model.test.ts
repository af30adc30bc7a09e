// Random writes, delivered again and again in random pieces by two sinks that die at random requests, must leave what a
// simple model says, and counters that equal a recount.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identify, Write } from '../../../src/core/write.ts'
import type { PlacedWrite, Sink } from '../../../src/sink/sink.ts'
import { type DynamodbProxy, openDynamodbProxy } from '../../support/dynamodb-proxy.ts'
import { Random } from '../../support/random.ts'
import { fieldsOf, type Place, placed, SinkTable, type StoredRow } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

const PARTITIONS = 2
const RECORDS = 70
const VENUES = ['x', 'y']

/** What one record asks for. Made anew at each delivery, because rows that are looked up may have changed meanwhile. */
interface Record {
  readonly writes: (random: Random) => readonly Write[]
  /** Whether the rows it hangs on are there yet; until then it asks for nothing. */
  isDue: boolean
}

describe.each(emulators)('the sink against a model on %s', (_name, shared) => {
  let table: SinkTable
  let proxy: DynamodbProxy
  beforeAll(async () => {
    const { url } = await shared()
    table = await new SinkTable(url).create()
    proxy = await openDynamodbProxy(url)
  })
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await table[Symbol.asyncDispose]()
  })

  test('whatever is repeated, abandoned and raced, the end is right', { timeout: 120_000 }, async () => {
    const random = new Random()
    const model = new Map<string, { text?: string; rating?: number } | null>()
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) =>
      Array.from({ length: RECORDS }, (_, offset) => recordOf(random, { partition, offset, model })),
    )
    await Promise.all(partitions.map((records, partition) => deliver(random, records, partition)))
    const items = await table.items()
    for (const [key, expected] of model) expect([key, fieldsOf(items.get(key))]).toEqual([key, expected ?? {}])
    for (const venue of VENUES) expectVenue(venue, [...items.values()])
  })

  function recordOf(
    random: Random,
    at: { partition: number; offset: number; model: Map<string, object | null> },
  ): Record {
    const { partition, offset, model } = at
    const row = `row ${partition} ${random.below(6)}`
    const key = ['rows', row] as const
    const kind = random.below(10)
    if (kind < 3) {
      const fields = { text: `t${offset}`, rating: random.chance(0.3) ? null : offset }
      const { rating, ...rest } = fields
      model.set(`rows ${row}`, rating === null ? rest : { ...rest, rating })
      return { writes: () => [table.mergeOf(key, fields)], isDue: true }
    }
    if (kind < 4) {
      model.set(`rows ${row}`, null)
      return { writes: () => [table.removeOf(key, ['text', 'rating'])], isDue: true }
    }
    const venue = random.pick(VENUES)
    const guest = random.below(8)
    const number = partition * RECORDS + offset
    const writes = (again: Random) => [
      table.mergeOf([venue, 'META'], { name: venue }, { seed: true }),
      comment({ venue, guest, number }, again),
    ]
    return { writes, isDue: random.chance(0.7) }
  }

  function comment(
    { venue, guest, number }: { venue: string; guest: number; number: number },
    again: Random,
  ): Identify {
    const rating = (number % 5) + 0.1
    const counted = table.countOf(
      [venue, 'META'],
      { total: 1, sum: rating, count: 1 },
      {
        ratios: { mean: ['sum', 'count'] },
        greatest: { newest: number },
      },
    )
    return {
      do: 'identify',
      table: table.name,
      within: venue,
      pin: `S#${number}`,
      // The session may have changed hands between two deliveries.
      ...(again.chance(0.8) ? { self: `G#${guest}` } : {}),
      claims: again.chance(0.3) ? [`E#${again.below(4)}`] : [`E#${guest % 4}`, `T#${guest % 3}`],
      id: `g${guest}`,
      key: (id) => [venue, `P#${id}`],
      fields: { name: `guest ${guest}` },
      merge: again.chance(0.2),
      counts: [table.countOf([venue, 'META'], { people: 1 })],
      dependents: (id) => [table.createOf([venue, `P#${id}#C#${number}`], { rating }, { counts: [counted] })],
    }
  }

  async function deliver(random: Random, records: readonly Record[], partition: number): Promise<void> {
    let committed = 0
    while (committed < records.length) {
      const to = Math.min(records.length, committed + 1 + random.below(25))
      // A zombie works on what was committed long ago, or on the same records at the same time.
      const from = Math.max(0, committed - random.below(40))
      const old = records.slice(from, from + 1 + random.below(to - from))
      const batch = records.slice(committed, to)
      for (const record of batch) record.isDue ||= random.chance(0.3)
      const zombie = random.chance(0.4) ? attempt(random, old, { partition, from }) : null
      const isDone = await attempt(random, batch, { partition, from: committed })
      await zombie
      if (isDone) committed = to
    }
  }

  /** One process's try: a sink of its own that remembers nothing, and perhaps dies at one of its requests. */
  async function attempt(
    random: Random,
    records: readonly Record[],
    at: { partition: number; from: number },
  ): Promise<boolean> {
    const stop = new AbortController()
    const sink = await dyingSink(random, stop)
    const writes = records.flatMap(({ writes, isDue }, index) =>
      isDue ? placedOf(writes(random), { offset: at.from + index, partition: at.partition, since: at.from }) : [],
    )
    try {
      const outcomes = await sink.apply(writes, stop.signal)
      expect(outcomes.filter(({ did }) => did === 'rejected')).toEqual([])
      return true
    } catch (error) {
      if (!stop.signal.aborted) throw error
      return false
    } finally {
      await sink.close()
    }
  }

  async function dyingSink(random: Random, stop: AbortController): Promise<Sink> {
    if (random.chance(0.4)) return table.sink()
    const own = await openDynamodbProxy(proxy.url)
    stop.signal.addEventListener('abort', () => void own[Symbol.asyncDispose](), { once: true })
    const deadline = 1 + random.below(40)
    const isCarriedOut = random.chance(0.5)
    own.plan = () => {
      if (own.calls.length < deadline)
        return random.chance(0.05) ? { kind: 'reset', when: random.pick(['before', 'after', 'midway']) } : null
      setImmediate(() => stop.abort(new Error('died')))
      return isCarriedOut ? null : { kind: 'reset', when: 'before' }
    }
    return table.sink({ endpoint: own.url })
  }
})

function placedOf(writes: readonly Write[], place: Place): readonly PlacedWrite[] {
  return writes.map((write) => {
    const lane = write.do === 'merge' && write.seed !== true ? write.key.join(' ') : undefined
    return placed(write, { ...place, ...(lane === undefined ? {} : { lane }) })
  })
}

function expectVenue(venue: string, items: readonly StoredRow[]): void {
  const own = items.filter(({ pk }) => pk === venue)
  const people = own.filter(({ sk }) => /^P#[^#]+$/u.test(sk)).map(({ sk }) => sk.slice(2))
  const comments = own.filter(({ sk }) => sk.includes('#C#'))
  const numbers = comments.map(({ sk }) => Number(sk.split('#C#')[1]))
  expect(new Set(numbers).size).toBe(numbers.length)
  for (const { sk } of comments) expect(people).toContain(sk.split('#')[1])
  const holders = own.flatMap(({ holder }) => (typeof holder === 'string' ? [holder] : []))
  expect(new Set(holders)).toEqual(new Set(people))
  const sum = comments.reduce((total, { rating }) => total + Number(rating) * 10, 0) / 10
  const counters = fieldsOf(own.find(({ sk }) => sk === 'META'))
  expect(counters).toEqual({
    name: venue,
    people: people.length,
    total: comments.length,
    count: comments.length,
    sum: Math.round(sum * 10) / 10,
    mean: expect.closeTo(sum / comments.length, 9),
    newest: Math.max(...numbers),
  })
}
