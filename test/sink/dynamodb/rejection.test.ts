import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Exact } from '../../../src/core/value.ts'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

function deep(levels: number): { readonly [name: string]: never } {
  let value = {}
  for (let level = 0; level < levels; level++) value = { value }
  return value
}

const BAD = [
  ['an empty key', '', 'x', { text: 'x' }, /pk is empty/u],
  ['a key that is too long', 'r', 'k'.repeat(1100), { text: 'x' }, /sk is 1100 bytes/u],
  ['half a surrogate pair', 'r', 'a', { text: 'cut \ud83c' }, /text holds half a surrogate/u],
  ['an item over 400 KB', 'r', 'b', { text: 'x'.repeat(420_000) }, /400 KB/u],
  ['a number that is none', 'r', 'c', { nested: { mean: Number.NaN } }, /nested\.mean is NaN/u],
  ['a number out of range', 'r', 'd', { rating: new Exact('1e200') }, /./u],
  ['text where a number should be', 'r', 'e', { rating: new Exact('many') }, /./u],
  ['nesting that is too deep', 'r', 'f', { nested: deep(40) }, /nested.* is nested deeper/u],
] as const

describe.each(emulators)('a write that can never be applied on %s', (_name, shared) => {
  let table: SinkTable
  beforeAll(async () => {
    table = await new SinkTable((await shared()).url).create()
  })
  afterAll(() => table[Symbol.asyncDispose]())

  test.each(BAD)('%s rejects that create alone, and says why', async (_what, pk, sk, fields, reason) => {
    const sink = await table.sink()
    const good = [1, 3].map((offset) =>
      placed(table.createOf([`good ${sk.slice(0, 9)}`, `${offset}`], { text: 'ok' }), { offset }),
    )
    const bad = placed(table.createOf([pk, sk], fields), { offset: 2 })
    const outcomes = await sink.apply([good[0]!, bad, good[1]!], forever)
    expect(did(outcomes)).toEqual(['applied', 'rejected', 'applied'])
    expect(outcomes[1]?.reason).toMatch(reason)
    expect(outcomes[1]?.reason).toContain(`${table.name} [${pk}, ${sk}]: `)
  })

  test.each(BAD)('%s rejects that merge alone, and says why', async (_what, pk, sk, fields, reason) => {
    const sink = await table.sink()
    const [outcome] = await sink.apply([placed(table.mergeOf([pk, sk], fields), { offset: 1 })], forever)
    expect(outcome?.did).toBe('rejected')
    expect(outcome?.reason).toMatch(reason)
    expect(outcome?.reason).toContain(`${table.name} [${pk}, ${sk}]: `)
  })

  test('what comes after it in its lane waits behind it, other lanes go on', async () => {
    const sink = await table.sink()
    const writes = [
      placed(table.mergeOf(['l', 'a'], { name: 'one' }), { offset: 1, lane: 'row' }),
      placed(table.mergeOf(['l', 'a'], { text: 'x'.repeat(420_000) }), { offset: 2, lane: 'row' }),
      placed(table.mergeOf(['l', 'a'], { name: 'three' }), { offset: 3, lane: 'row' }),
      placed(table.mergeOf(['l', 'b'], { text: 'other' }), { offset: 4 }),
    ]
    const outcomes = await sink.apply(writes, forever)
    expect(did(outcomes)).toEqual(['applied', 'rejected', 'rejected', 'applied'])
    expect(outcomes[2]?.reason).toMatch(/^behind t1:0:2/u)
    expect(fieldsOf(await table.item(['l', 'a']))).toEqual({ name: 'one' })
  })

  test('a rejected dependent rejects its identify', async () => {
    const sink = await table.sink()
    const write = {
      do: 'identify',
      table: table.name,
      within: 'd',
      claims: ['E#x'],
      id: 'p',
      key: (id: string) => ['d', `P#${id}`] as const,
      fields: {},
      merge: false,
      dependents: () => [table.createOf(['d', ''], { text: 'x' }), table.createOf(['d', 'ok'], { text: 'x' })],
    } as const
    const [outcome] = await sink.apply([placed(write, { offset: 1 })], forever)
    expect(outcome?.did).toBe('rejected')
    expect(outcome?.reason).toMatch(/sk is empty/u)
    expect(did(outcome?.dependents ?? [])).toEqual(['rejected', 'applied'])
  })

  test.each([
    ['a field it does not own', { ai_response: 'x' }],
    ['a key attribute', { sk: 'x' }],
    ['a bookkeeping attribute', { mr_created: 'x' }],
  ])('%s stops the connector, and nothing is written', async (_what, fields) => {
    const sink = await table.sink()
    const writes = [table.mergeOf(['o', 'a'], { text: 'x' }), table.mergeOf(['o', 'b'], fields)].map((write, offset) =>
      placed(write, { offset }),
    )
    await expect(sink.apply(writes, forever)).rejects.toMatchObject({ code: 'CONNECTOR_INVALID', fate: 'stop' })
    expect(await table.item(['o', 'a'])).toBeUndefined()
  })
})
