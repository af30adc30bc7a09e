import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'

const COLUMNS = `venue varchar(20), item varchar(20), rating decimal(4, 1), total int, sum decimal(20, 1), mean double,
  newest varchar(20), small tinyint, PRIMARY KEY (venue, item)`
const OWNS = ['rating', 'total', 'sum', 'mean', 'newest', 'small']

describe.each(FLAVOURS)('counts on %s', (_flavour, shared) => {
  let table: SinkDatabase
  beforeAll(async () => {
    table = await SinkDatabase.open(await shared(), { columns: COLUMNS, key: ['venue', 'item'], owns: OWNS })
  })
  afterAll(() => table[Symbol.asyncDispose]())

  function rated(venue: string, offset: number, partition = 0): PlacedWrite {
    const rating = (offset % 5) + 0.1
    const counted = table.countOf(
      [venue, 'META'],
      { total: 1, sum: rating },
      { ratios: { mean: ['sum', 'total'] }, greatest: { newest: `2025-11-${String(offset + 1).padStart(2, '0')}` } },
    )
    const create = table.createOf([venue, `c${partition}-${offset}`], { rating }, { counts: [counted] })
    return placed(create, { offset, partition })
  }

  function range(venue: string, [from, to]: readonly [number, number], partition = 0): readonly PlacedWrite[] {
    return Array.from({ length: to - from }, (_, index) => rated(venue, from + index, partition))
  }

  async function expectCounted(venue: string, count: number, partitions = 1): Promise<void> {
    const sum = range('', [0, count]).reduce((all, _, offset) => all + ((offset % 5) * 10 + 1), 0) * partitions
    const held = await table.row(venue, 'META')
    const mean = expect.closeTo(sum / 10 / (count * partitions), 9)
    const newest = `2025-11-${String(count).padStart(2, '0')}`
    expect({ ...held, mean: Number(held?.mean) }).toMatchObject({ total: count * partitions, newest, mean })
    expect(held?.sum).toBe((sum / 10).toFixed(1))
  }

  test('each event counts once, in whatever pieces it is delivered again, and by whomever', async () => {
    const sinks = [await table.sink(), await table.sink()] as const
    const pieces = [
      [0, 4],
      [0, 4],
      [0, 7],
      [5, 7],
      [0, 10],
      [2, 12],
    ] as const
    for (const [at, piece] of pieces.entries()) await sinks[at % 2 === 0 ? 0 : 1].apply(range('v1', piece), forever)
    await expectCounted('v1', 12)
  })

  test('partitions add up in one row, though they are applied at the same time', async () => {
    const sinks = [await table.sink(), await table.sink()]
    const work = sinks.flatMap((sink) => [0, 1, 2].map((part) => sink.apply(range('v2', [0, 20], part), forever)))
    expect((await Promise.all(work)).flatMap(did)).toEqual(Array.from({ length: 120 }, () => 'applied'))
    await expectCounted('v2', 20, 3)
  })

  test('nothing of a rejected record is counted until it is retried, then all of it, once', async () => {
    const sink = await table.sink()
    const bad = placed(table.mergeOf(['v3', 'x'], { rating: 'none' }), { offset: 1 })
    const count = placed(table.countOf(['v3', 'META'], { total: 1 }), { offset: 1, lane: 'other' })
    expect(did(await sink.apply([bad, count], forever))).toEqual(['rejected', 'applied'])
    expect(await table.row('v3', 'META')).toBeUndefined()
    const retry = { ...count, isRetry: true, since: 5, waits: (offset: number) => offset === 1 } as const
    for (let time = 0; time < 2; time++) await sink.apply([retry], forever)
    expect(await table.row('v3', 'META')).toMatchObject({ total: 1 })
  })

  test('a row that cannot take it rejects the write that counts, with the words of the server', async () => {
    const sink = await table.sink()
    const write = placed(table.countOf(['v4', 'META'], { small: 1000 }), { offset: 1 })
    const [outcome] = await sink.apply([write], forever)
    expect(outcome?.did).toBe('rejected')
    expect(outcome?.reason).toMatch(/v4, META\]: Out of range value for column 'small'/u)
    expect(await table.row('v4', 'META')).toBeUndefined()
    const again = placed(table.countOf(['v4', 'META'], { small: 1 }), { offset: 2 })
    expect(did(await sink.apply([again], forever))).toEqual(['applied'])
    expect(await table.row('v4', 'META')).toMatchObject({ small: 1 })
  })

  test('a row that somebody else made is not counted', async () => {
    const sink = await table.sink()
    await table.query(`INSERT INTO ${table.name} (venue, item) VALUES ('v5', 'c0-1')`)
    expect(did(await sink.apply(range('v5', [0, 3]), forever))).toEqual(['applied', 'exists', 'applied'])
    expect(await table.row('v5', 'META')).toMatchObject({ total: 2 })
  })
})
