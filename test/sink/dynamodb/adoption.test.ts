import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Adoption, Create, Identify } from '../../../src/core/write.ts'
import type { Clash } from '../../../src/sink/sink.ts'
import { openDynamodbProxy } from '../../support/dynamodb-proxy.ts'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'
import { emulators } from './emulators.ts'

const adoption: Adoption = {
  name: 'test',
  mark: (within) => [within, 'META'],
  person: ({ key, fields }) => {
    const id = /^P#([^#]+)$/u.exec(key[1] ?? '')?.[1]
    return id === undefined ? null : { id, claims: typeof fields.kind === 'string' ? [fields.kind] : [] }
  },
  number: ({ fields }) => (typeof fields.rating === 'number' ? fields.rating : null),
  counts: ({ key, fields }) => {
    if (/^P#[^#]+$/u.test(key[1] ?? '')) return [{ add: { people: 1 } }]
    if (typeof fields.rating !== 'number') return []
    const add = { total: 1, sum: fields.rating, count: 1 }
    return [{ add, ratios: { mean: ['sum', 'count'] }, greatest: { newest: fields.rating } }]
  },
}

describe.each(emulators)('adoption on %s', (_name, shared) => {
  let table: SinkTable
  let endpoint: string
  beforeAll(async () => {
    endpoint = (await shared()).url
    table = await new SinkTable(endpoint).create()
  })
  afterAll(() => table[Symbol.asyncDispose]())

  function create(within: string, number: number): Create {
    const count = {
      ...table.countOf([within, 'META'], { total: 1, sum: number, count: 1 }),
      ratios: { mean: ['sum', 'count'] },
    } as const
    return table.createOf(
      [within, `C#new-${number}`],
      { rating: number },
      { adopted: { by: adoption, number }, counts: [count] },
    )
  }

  function identify(within: string, claims: readonly string[]): Identify {
    return {
      do: 'identify',
      table: table.name,
      within,
      claims,
      id: 'new',
      key: (id) => [within, `P#${id}`],
      fields: { name: 'new' },
      merge: false,
      adopt: adoption,
      counts: [table.countOf([within, 'META'], { people: 1 })],
    }
  }

  function clashes(within: string, holder: string, claimants: readonly string[]): readonly Clash[] {
    return claimants.map((claimant) => ({ table: table.name, within, claim: 'E#same', holder, claimant }))
  }

  async function onboard(within: string): Promise<void> {
    await table.put({ pk: within, sk: 'META', name: 'venue', total: 99 })
    await table.put({ pk: within, sk: 'P#ann', kind: 'E#ann', notes: 'theirs' })
    await table.put({ pk: within, sk: 'P#bob', kind: 'E#bob' })
    for (const rating of [3, 7, 12])
      await table.put({ pk: within, sk: `P#ann#C#random-${rating * 31}`, rating, ai: 'draft' })
  }

  test('a person whose claim cannot be one keeps nobody else out', async () => {
    await onboard('a0')
    await table.put({ pk: 'a0', sk: 'P#cid', kind: `E#${'x'.repeat(1_100)}` })
    await table.put({ pk: 'a0', sk: 'P#dan', kind: 'META' })
    const sink = await table.sink()
    expect(did(await sink.apply([placed(identify('a0', ['E#bob']), { offset: 1 })], forever))).toEqual(['exists'])
    expect(fieldsOf(await table.item(['a0', 'META']))).toMatchObject({ people: 4 })
  })

  test('rows that are known are never made twice, new ones are, and counters go on from what is there', async () => {
    await onboard('a1')
    const before = [...(await table.items()).values()].filter(({ pk, sk }) => pk === 'a1' && sk !== 'META')
    const sink = await table.sink()
    const writes = [3, 4, 7, 12, 13].map((number) => placed(create('a1', number), { offset: number }))
    expect(did(await sink.apply(writes, forever))).toEqual(['exists', 'applied', 'exists', 'exists', 'applied'])
    const stored = await table.items()
    for (const item of before) expect(stored.get(`${item.pk} ${item.sk}`)).toEqual(item)
    expect(fieldsOf(stored.get('a1 META'))).toEqual({
      name: 'venue',
      people: 2,
      total: 5,
      sum: 39,
      count: 5,
      mean: 7.8,
      newest: 12,
    })
  })

  test('people who are known are found by their claims and left as they are', async () => {
    await onboard('a2')
    const sink = await table.sink()
    let found = ''
    const write: Identify = {
      ...identify('a2', ['E#bob']),
      dependents: (id) => {
        found = id
        return []
      },
    }
    expect(did(await sink.apply([placed(write, { offset: 1 })], forever))).toEqual(['exists'])
    expect(found).toBe('bob')
    expect(await table.item(['a2', 'P#bob'])).toEqual({ pk: 'a2', sk: 'P#bob', kind: 'E#bob' })
    expect(fieldsOf(await table.item(['a2', 'META']))).toMatchObject({ people: 2, total: 3 })
  })

  test('of two known people with one e-mail the first holds it, and the clash is reported', async () => {
    for (const id of ['b', 'a', 'c']) await table.put({ pk: 'a3', sk: `P#${id}`, kind: 'E#same' })
    const sink = await table.sink()
    const [outcome] = await sink.apply([placed(identify('a3', ['E#same']), { offset: 1 })], forever)
    expect(outcome?.did).toBe('exists')
    expect(outcome?.clashes).toEqual(clashes('a3', 'a', ['b', 'c']))
  })

  test('a clash is reported with the record that led to it, however often that comes again, and with no other', async () => {
    for (const id of ['b', 'a']) await table.put({ pk: 'a7', sk: `P#${id}`, kind: 'E#same' })
    const first = placed(identify('a7', ['E#same']), { offset: 1 })
    const second = placed(identify('a7', ['E#same']), { offset: 2 })
    const sinks = [await table.sink(), await table.sink(), await table.sink()]
    const reported: unknown[] = []
    for (const [sink, writes] of [
      [sinks[0]!, [first, second]],
      [sinks[1]!, [second]],
      [sinks[2]!, [second, first]],
      [sinks[0]!, [second]],
    ] as const) {
      const outcomes = await sink.apply(writes, forever)
      reported.push(outcomes.map((outcome) => outcome.clashes ?? []))
    }
    const found = clashes('a7', 'a', ['b'])
    expect(reported).toEqual([[found, []], [[]], [[], found], [[]]])
  })

  test('two processes that adopt at once start the counters once', async () => {
    const venues = Array.from({ length: 8 }, (_, index) => `a4-${index}`)
    for (const venue of venues) await onboard(venue)
    const sinks = [await table.sink(), await table.sink(), await table.sink()]
    for (const venue of venues) {
      await Promise.all(
        sinks.map((sink, partition) =>
          sink.apply([placed(create(venue, 20 + partition), { offset: 1, partition })], forever),
        ),
      )
      expect(fieldsOf(await table.item([venue, 'META']))).toMatchObject({ people: 2, total: 6, sum: 22 + 20 + 21 + 22 })
      const chunks = [...(await table.items()).values()].filter(
        ({ pk, sk }) => pk === venue && sk.startsWith('ADOPTED#'),
      )
      expect(chunks).toHaveLength(1)
    }
  })

  test('an adoption that dies anywhere is done once by whoever comes next', async () => {
    for (let cut = 1; cut <= 6; cut++) {
      const venue = `a5-${cut}`
      await onboard(venue)
      await using proxy = await openDynamodbProxy(endpoint)
      proxy.plan = ({ nth }) =>
        proxy.calls.length >= cut && nth > 0 ? { kind: 'reset', when: cut % 2 ? 'before' : 'after' } : null
      const dying = await table.sink({ endpoint: proxy.url })
      const write = placed(create(venue, 20), { offset: 1 })
      await expect(dying.apply([write], forever)).rejects.toMatchObject({ code: 'DYNAMODB_UNAVAILABLE' })
      const next = await table.sink()
      expect(did(await next.apply([write, placed(create(venue, 7), { offset: 2 })], forever))).toEqual([
        'applied',
        'exists',
      ])
      expect(fieldsOf(await table.item([venue, 'META']))).toMatchObject({ people: 2, total: 4, sum: 42, mean: 10.5 })
    }
  })

  test('an empty partition costs one look, and new rows none', async () => {
    await using proxy = await openDynamodbProxy(endpoint)
    const sink = await table.sink({ endpoint: proxy.url })
    const writes = Array.from({ length: 50 }, (_, index) => placed(create('a6', index + 1), { offset: index }))
    await sink.apply(writes.slice(0, 25), forever)
    const before = proxy.calls.length
    await sink.apply(writes.slice(25), forever)
    const operations = proxy.calls.slice(before).map(({ operation }) => operation)
    expect(operations).toEqual(['BatchExecuteStatement', 'UpdateItem'])
    expect(fieldsOf(await table.item(['a6', 'META']))).toMatchObject({ total: 50, sum: 1275 })
  })
})
