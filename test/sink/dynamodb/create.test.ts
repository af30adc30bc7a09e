import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Exact } from '../../../src/core/value.ts'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

describe.each(emulators)('create on %s', (_name, shared) => {
  let table: SinkTable
  beforeAll(async () => {
    table = await new SinkTable((await shared()).url).create()
  })
  afterAll(() => table[Symbol.asyncDispose]())

  test('an item that is there already stays as it is, byte for byte', async () => {
    const foreign = { pk: 'v1', sk: 'a', text: 'mine', ai_response: { draft: 'Thank you', scores: [1, 2.5] } }
    await table.put(foreign)
    const sink = await table.sink()
    const outcomes = await sink.apply([placed(table.createOf(['v1', 'a'], { text: 'other' }), { offset: 1 })], forever)
    expect(did(outcomes)).toEqual(['exists'])
    expect(await table.item(['v1', 'a'])).toEqual(foreign)
  })

  test('a repeat of the same record is applied, another record is exists', async () => {
    const sink = await table.sink()
    const write = placed(table.createOf(['v2', 'a'], { text: 'one' }), { offset: 1 })
    expect(did(await sink.apply([write], forever))).toEqual(['applied'])
    expect(did(await sink.apply([write], forever))).toEqual(['applied'])
    const other = placed(table.createOf(['v2', 'a'], { text: 'two' }), { offset: 2 })
    expect(did(await sink.apply([other], forever))).toEqual(['exists'])
    expect(fieldsOf(await table.item(['v2', 'a']))).toEqual({ text: 'one' })
  })

  test('of two creates of one item in a call the first wins', async () => {
    const sink = await table.sink()
    const writes = [1, 2].map((offset) =>
      placed(table.createOf(['v3', 'a'], { text: `from ${offset}` }), { offset, lane: `lane ${offset}` }),
    )
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'exists'])
    expect(fieldsOf(await table.item(['v3', 'a']))).toEqual({ text: 'from 1' })
  })

  test('hundreds of creates in one call all arrive, in batches', async () => {
    const sink = await table.sink()
    const writes = Array.from({ length: 330 }, (_, offset) =>
      placed(table.createOf(['v4', `c${offset}`], { text: `text ${offset}`, rating: offset % 5 }), { offset }),
    )
    const outcomes = await sink.apply(writes, forever)
    expect(new Set(did(outcomes))).toEqual(new Set(['applied']))
    const stored = [...(await table.items()).values()].filter((item) => item.pk === 'v4')
    expect(stored).toHaveLength(330)
  })

  test('every kind of value arrives as it is', async () => {
    const sink = await table.sink()
    const nested = { list: [1, 'two', null, true, { deep: 2.5 }], empty: '', bytes: new Uint8Array([0, 255, 7]) }
    const fields = {
      name: 'Zoë 🍲 "quoted" it\'s',
      rating: 18446744073709551615n,
      total: new Exact('0.1'),
      kind: null,
      nested,
    }
    expect(did(await sink.apply([placed(table.createOf(['v5', "it's"], fields), { offset: 1 })], forever))).toEqual([
      'applied',
    ])
    const stored = fieldsOf(await table.item(['v5', "it's"]))
    expect(stored).toEqual({ name: fields.name, rating: 18446744073709551615n, total: 0.1, nested })
  })
})
