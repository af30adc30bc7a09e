// What stands where in an answer becomes the right value of the right row, in the version that the source says.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Imported } from '../../../src/core/imported.ts'
import { compilePath, JsonPath } from '../../../src/core/json-path.ts'
import type { RestSpecInput } from '../../../src/core/rest-spec.ts'
import { apiSource, faultsOf, readAll } from '../../support/api-source.ts'
import { ScriptedApi } from '../../support/scripted-api.ts'

let api: ScriptedApi
beforeEach(async () => {
  api = await ScriptedApi.open()
})
afterEach(() => api[Symbol.asyncDispose]())

describe('paths', () => {
  const item = { id: 7, 'a.b': 1, deep: { list: [{ x: 1, tags: ['p', 'q'] }, { x: null }, {}, 5] } }
  const row = { id: 8 }
  test.each([
    ['id', 8],
    ['^id', 7],
    ['^.deep.list[0].x', 1],
    ['^deep.list[-1]', 5],
    ['^deep.list[9].x', undefined],
    ['^deep.list[*].x', [1, null]],
    ['^deep.list[*].tags[*]', ['p', 'q']],
    ['^["a.b"]', 1],
    ['^deep.x.y', undefined],
    ['id.length', undefined],
    ['toString', undefined],
    ['', row],
  ])('%s', (path, value) => {
    expect(compilePath(path)(row, item)).toEqual(value)
  })

  test.each(['a..b', 'a[', 'a[x]', '[', 'a b"', '__proto__.x', 'a.constructor'])('%s is none', (path) => {
    expect(JsonPath.safeParse(path).success).toBe(false)
  })
})

const FIELDS: Imported = {
  fields: {
    id: { type: 'text', isRequired: true },
    order_id: { type: 'text' },
    amount: { type: 'decimal', scale: 2 },
    tags: { type: 'json' },
    is_open: { type: 'boolean' },
    at: { type: 'datetime' },
    source: { type: 'text' },
  },
  names: [['order_id', 'id'], ['id']],
}

test('fields are found by paths, alternatives and constants; lists in items become rows', async () => {
  api.answer = () => ({
    body: {
      orders: [
        {
          id: 'o1',
          kind: 'x',
          lines: [
            { uid: 'a', price: { amount: 12.5 } },
            { uid: 'b', sum: '3', tags: [1] },
          ],
        },
        { id: 'o2', kind: 'y', lines: [{ uid: 'c' }] },
        { id: 'o3', kind: 'x' },
        { id: 'o4', kind: 'x', lines: [{ uid: 'd', open: false, at: '2026-01-31T12:00:00.250+01:00' }, 5] },
      ],
    },
  })
  const open = () =>
    apiSource(
      {
        ...{ url: api.url, items: 'orders', expand: 'lines', where: [{ path: 'kind', is: ['x'] }] },
        fields: { id: 'uid', order_id: '^id', amount: ['price.amount', 'sum'], is_open: 'open' },
        constants: { source: 'shop' },
      },
      { imported: FIELDS },
    )
  const { events } = await readAll(open)
  expect(faultsOf(events)).toEqual([null, null, null, 'it is no object with fields'])
  const empty = { amount: null, tags: null, is_open: null, at: null, mr_said: null, source: 'shop' }
  expect(events.map(({ after }) => after)).toMatchObject([
    { ...empty, mr_name: '["o1","a"]', mr_place: 1, id: 'a', order_id: 'o1', amount: '12.50' },
    { ...empty, mr_name: '["o1","b"]', mr_place: 2, id: 'b', order_id: 'o1', amount: '3.00', tags: '[1]' },
    { ...empty, mr_name: '["o4","d"]', mr_place: 3, id: 'd', is_open: 0, at: '2026-01-31 11:00:00.25' },
    { mr_name: 'row 4', mr_place: 4, mr_said: '5', id: null },
  ])
})

test('numbers that a float cannot hold arrive as they were written', async () => {
  const imported: Imported = {
    fields: { id: { type: 'integer' }, amount: { type: 'decimal', scale: 20 } },
    names: [['id']],
  }
  api.answer = () => ({ body: '[{"id":9007199254740993,"amount":0.12345678901234567891},{"id":1,"amount":1.5}]' })
  const { events } = await readAll(() => apiSource({ url: api.url }, { imported }))
  expect(events.map(({ after }) => [after?.id, after?.amount])).toEqual([
    [9007199254740993n, '0.12345678901234567891'],
    [1, '1.50000000000000000000'],
  ])
})

test('an item without its id is told, and the others arrive', async () => {
  api.answer = () => ({ body: [{ id: 1 }, { title: 'x' }, { id: null }, 'text', { id: 2 }] })
  const { events, error } = await readAll(() => apiSource({ url: api.url }))
  expect(error).toBe(null)
  expect(faultsOf(events)).toEqual([null, 'id is missing', 'id is missing', 'it is no object with fields', null])
  expect(events[1]?.after).toMatchObject({ mr_name: 'row 2', mr_said: '{"title":"x"}' })
})

test('a mapping of a field that is not there is told before anything is asked', async () => {
  expect(() => apiSource({ url: api.url, fields: { titel: 'name' } })).toThrow('did you mean title?')
  expect(() => apiSource({ url: api.url, constants: { colour: 'red' } })).toThrow('there is no field colour')
})

describe('versions', () => {
  const positions = async (items: readonly object[], as: 'number' | 'time', orderedAtMs: number) => {
    api.answer = () => ({ body: items })
    const spec = { url: api.url, version: { path: 'v', as } } as const
    const { events } = await readAll(() => apiSource(spec, { orderedAtMs }))
    return events.map(({ position, parts: { fault } }) => fault ?? position)
  }

  test('a version has one position, whenever it is read; a newer one has a newer one', async () => {
    const [first, second] = (await positions(
      [
        { id: 1, v: 7 },
        { id: 1, v: 12 },
      ],
      'number',
      1_000,
    )) as [string, string]
    expect(second > first).toBe(true)
    // Going backwards later on is older all the same.
    expect(
      await positions(
        [
          { id: 1, v: '12' },
          { id: 1, v: 7 },
        ],
        'number',
        9_000,
      ),
    ).toEqual([second, first])
  })

  test('times count to the nanosecond, in any zone', async () => {
    const times = [
      '2026-01-31T12:00:00Z',
      '2026-01-31T12:00:00.000000001Z',
      '2026-01-31T12:00:00.1Z',
      '2026-01-31T14:00:00.2+01:00',
    ]
    const found = await positions(
      times.map((v) => ({ id: 1, v })),
      'time',
      1_000,
    )
    expect([...found].sort()).toEqual(found)
    expect(new Set(found).size).toBe(4)
    expect(await positions([{ id: 1, v: '2026-01-31T13:00:00.0+01:00' }], 'time', 1_000)).toEqual([found[0]])
  })

  test('without one what is read later is newer', async () => {
    api.answer = () => ({ body: [{ id: 1 }, { id: 1 }] })
    const read = async (orderedAtMs: number) =>
      (await readAll(() => apiSource({ url: api.url }, { orderedAtMs }))).events.map(({ position }) => position)
    const all = [...(await read(1_000)), ...(await read(2_000))]
    expect([...all].sort()).toEqual(all)
    expect(new Set(all).size).toBe(4)
  })

  test('a row that should have one and has none is told', async () => {
    expect(await positions([{ id: 1 }, { id: 1, v: 'x' }, { id: 1, v: -1 }], 'number', 1)).toEqual([
      'it has no version: there is nothing at v',
      'its version is "x", but must be a whole number',
      'its version is "-1", but must be a whole number',
    ])
    expect(await positions([{ id: 1, v: 'soon' }], 'time', 1)).toEqual(['its version is "soon", but must be a time'])
  })
})

test('a row that is gone is a delete, though little is left of it', async () => {
  const imported: Imported = {
    fields: { id: { type: 'integer', isRequired: true }, title: { type: 'text', isRequired: true } },
    names: [['id']],
  }
  api.answer = () => ({
    body: [
      { id: 1, gone: true, v: 2 },
      { id: 2, gone: false, title: 'x', v: 1 },
      { gone: true, v: 3 },
    ],
  })
  const spec = { url: api.url, gone: 'gone', version: { path: 'v', as: 'number' } } as const
  const { events } = await readAll(() => apiSource(spec, { imported }))
  expect(events.map(({ op, key }) => [op, key.mr_name])).toEqual([
    ['delete', '1'],
    ['read', '2'],
    ['read', 'row 3'],
  ])
  expect(events[0]).toMatchObject({ after: null, before: { mr_name: '1', id: 1, title: null } })
  expect(events[0]!.position > events[1]!.position).toBe(true)
  expect(events[2]!.parts.fault).toContain('id is missing')
})

describe('what is asked for', () => {
  test.each([
    ['iso', 90_000_000, 3_600_000, '1970-01-02T00:00:00.000Z'],
    ['iso', 90_000_000, 0, '1970-01-02T01:00:00.000Z'],
    ['seconds', 90_000_999, 1_000, '89999'],
    ['milliseconds', 90_000_000, 1_000, '89999000'],
    ['milliseconds', 90, 1_000, '0'],
    ['version', 9007199254740995n, 2, '9007199254740993'],
  ] as const)('changes since then, as %s', async (as, since, overlap, sent) => {
    const spec = { url: api.url, since: { at: { query: 'from' }, as, overlap } } as const
    await readAll(() => apiSource(spec, { since }))
    await readAll(() => apiSource(spec))
    expect(api.asked.map(({ url }) => url.searchParams.get('from'))).toEqual([sent, null])
  })

  test('up to the order, by paths into the body', async () => {
    const spec: RestSpecInput = {
      ...{
        url: api.url,
        method: 'POST',
        body: { query: { filter: { state: 'OPEN' } } },
        headers: { 'X-Version': '2' },
      },
      since: { at: { body: 'query.filter.updated_at.start_at' }, as: 'iso' },
      until: { at: { body: 'query.filter.updated_at.end_at' }, as: 'iso' },
      each: { at: { body: 'location_ids' }, values: [['a', 'b'], ['c']] },
    }
    await readAll(() => apiSource(spec, { since: 1_000 }))
    const updated_at = { start_at: '1970-01-01T00:00:01.000Z', end_at: '1970-01-01T00:00:05.000Z' }
    const query = { filter: { state: 'OPEN', updated_at } }
    expect(api.asked.map(({ method, body }) => [method, body])).toEqual([
      ['POST', { query, location_ids: ['a', 'b'] }],
      ['POST', { query, location_ids: ['c'] }],
    ])
    expect(api.asked[0]!.headers).toMatchObject({ 'x-version': '2', 'content-type': 'application/json' })
  })
})
