import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

describe.each(emulators)('count on %s', (_name, shared) => {
  let table: SinkTable
  beforeAll(async () => {
    table = await new SinkTable((await shared()).url).create()
  })
  afterAll(() => table[Symbol.asyncDispose]())

  function rated(venue: string, offset: number, partition = 0): PlacedWrite {
    const rating = (offset % 5) + 0.1
    const count = table.countOf(
      [venue, 'META'],
      { total: 1, sum: rating, count: 1 },
      {
        ratios: { mean: ['sum', 'count'] },
        greatest: { newest: `2025-11-${String(offset + 1).padStart(2, '0')}` },
      },
    )
    return placed(table.createOf([venue, `c${partition}-${offset}`], { rating }, { counts: [count] }), {
      offset,
      partition,
    })
  }

  function range(venue: string, [from, to]: readonly [number, number], partition = 0): readonly PlacedWrite[] {
    return Array.from({ length: to - from }, (_, index) => rated(venue, from + index, partition))
  }

  test('each event counts once, in whatever pieces it is delivered again', async () => {
    const sink = await table.sink()
    const pieces = [
      [0, 4],
      [0, 4],
      [0, 7],
      [5, 7],
      [0, 10],
      [2, 12],
    ] as const
    for (const [from, to] of pieces) await sink.apply(range('n1', [from, to]), forever)
    const sum = range('n1', [0, 12]).reduce(
      (total, { write }) => total + (write.do === 'create' ? Number(write.fields.rating) * 10 : 0),
      0,
    )
    const stored = fieldsOf(await table.item(['n1', 'META']))
    expect(stored).toMatchObject({ total: 12, sum: Math.round(sum) / 10, count: 12, newest: '2025-11-12' })
    expect(stored?.mean).toBeCloseTo(sum / 120, 12)
  })

  test('nothing of a rejected record is counted until it is retried, then all of it, once', async () => {
    const big = placed(table.createOf(['retried', 'big'], { text: 'x'.repeat(400 * 1024) }), { offset: 4, lane: 'row' })
    const made = { ...rated('retried', 4), lane: 'row' }
    const outcomes = await (await table.sink()).apply([made, big, rated('retried', 5)], forever)
    expect(did(outcomes)).toEqual(['applied', 'rejected', 'applied'])
    expect(fieldsOf(await table.item(['retried', 'META']))).toMatchObject({ total: 1, count: 1 })
    for (const sink of [await table.sink(), await table.sink()]) {
      expect(did(await sink.apply([{ ...made, isRetry: true, waits: (offset) => offset === 4 }], forever))).toEqual([
        'applied',
      ])
      expect(fieldsOf(await table.item(['retried', 'META']))).toMatchObject({ total: 2, count: 2 })
    }
  })

  test('a record that was counted before it was rejected is not counted by its retry, nor by a replay after that', async () => {
    const waits = (offset: number) => offset === 3 || offset === 4
    const counts = (offset: number) => placed(table.countOf(['broken off', 'META'], { total: 1 }), { offset })
    const total = async () => fieldsOf(await table.item(['broken off', 'META']))?.total
    await (await table.sink()).apply([counts(3)], forever)
    // The repeat of that rejects 3, and 4 too; the delivery goes on behind them.
    const sink = await table.sink()
    await sink.apply([{ ...counts(7), since: 6, waits }], forever)
    expect(await total()).toBe(2)
    for (let repeat = 0; repeat < 2; repeat++) {
      await sink.apply([{ ...counts(3), isRetry: true, waits }], forever)
      await sink.apply([{ ...counts(4), isRetry: true, waits }], forever)
      expect(await total()).toBe(3)
    }
    await sink.apply([{ ...counts(4), since: 4, run: 'r' }], forever)
    expect(await total()).toBe(3)
  })

  test('a record that wrote nothing at first is counted when it makes its item in the repeat', async () => {
    const first = range('n7', [10, 14]).filter(({ cursor }) => cursor.offset !== 11)
    await (await table.sink()).apply(first, forever)
    const sink = await table.sink()
    for (let repeat = 0; repeat < 2; repeat++) await sink.apply(range('n7', [10, 14]), forever)
    expect(fieldsOf(await table.item(['n7', 'META']))).toMatchObject({ total: 4, count: 4 })
  })

  test('what is committed is settled, and its account stays short', async () => {
    const [sink, zombie] = [await table.sink(), await table.sink()]
    const batch = (from: number, to: number) => range('n8', [from, to]).map((one) => ({ ...one, since: from }))
    await sink.apply(batch(0, 20), forever)
    await sink.apply(batch(20, 30), forever)
    await zombie.apply(batch(0, 20), forever)
    await zombie.apply(batch(15, 25), forever)
    const stored = await table.item(['n8', 'META'])
    expect(fieldsOf(stored)).toMatchObject({ total: 30 })
    expect(stored?.mr_counted_tests_t1_0).toBe('20:0-9')
  })

  test('each reader counts for itself', async () => {
    const sink = await table.sink()
    const count = placed(table.countOf(['n9', 'META'], { total: 1 }), { offset: 5 })
    for (const reader of ['one', 'other', 'one']) await sink.apply([{ ...count, reader }], forever)
    expect(fieldsOf(await table.item(['n9', 'META']))).toEqual({ total: 2 })
  })

  test('an account that nobody can read rejects what would be counted', async () => {
    await table.put({ pk: 'n10', sk: 'META', mr_counted_tests_t1_0: 'ten' })
    const [outcome] = await (await table.sink()).apply([rated('n10', 1)], forever)
    expect(outcome?.reason).toMatch(/n10, META.*its account of what was counted cannot be read/u)
  })

  test('an item somebody else made is not counted', async () => {
    await table.put({ pk: 'n2', sk: 'c0-1' })
    const sink = await table.sink()
    await sink.apply(range('n2', [0, 3]), forever)
    expect(fieldsOf(await table.item(['n2', 'META']))).toMatchObject({ total: 2 })
  })

  test('creates of a call that died before it counted are counted by the next one', async () => {
    const sink = await table.sink()
    await sink.apply(range('n3', [0, 3]), forever)
    const uncounted = range('n3', [3, 6]).map((one) => ({ ...one, write: { ...one.write, counts: [] } }) as PlacedWrite)
    await sink.apply(uncounted, forever)
    await sink.apply(range('n3', [3, 8]), forever)
    expect(fieldsOf(await table.item(['n3', 'META']))).toMatchObject({ total: 8 })
  })

  test('partitions, topic incarnations and two processes add up in one item', async () => {
    const sinks = [await table.sink(), await table.sink()]
    const work = sinks.flatMap((sink) =>
      [0, 1, 2].map((partition) => sink.apply(range('n4', [0, 20], partition), forever)),
    )
    await Promise.all(work)
    const stored = fieldsOf(await table.item(['n4', 'META']))
    expect(stored).toMatchObject({ total: 60, count: 60 })
    expect(stored?.mean).toBe(Number(stored?.sum) / 60)
  })

  test('a plain count counts its record once', async () => {
    const sink = await table.sink()
    const writes = [1, 2].map((offset) => placed(table.countOf(['n5', 'META'], { total: 1 }), { offset }))
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied'])
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied'])
    expect(fieldsOf(await table.item(['n5', 'META']))).toEqual({ total: 2 })
  })

  test('a counter that holds text rejects the write that counts, with the reason', async () => {
    await table.put({ pk: 'n6', sk: 'META', total: 'many' })
    const sink = await table.sink()
    const [outcome] = await sink.apply([rated('n6', 1)], forever)
    expect(outcome?.did).toBe('rejected')
    expect(outcome?.reason).toMatch(/n6, META.*type/u)
  })
})
