// Rows asked for one by one: as they are now, in the version and at the place that they have in the walk.

import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RestSpecInput } from '../../../src/core/rest-spec.ts'
import { apiSource, faultsOf, idsOf, readAll } from '../../support/api-source.ts'
import { ScriptedApi } from '../../support/scripted-api.ts'

const { signal } = new AbortController()
const OF = { table: 'things', run: 'c/r' }
const THINGS = Array.from({ length: 5 }, (_, id) => ({ id, title: `Thing ${id}`, version: id + 1 }))

let api: ScriptedApi
beforeEach(async () => {
  api = await ScriptedApi.open(({ url }) => {
    const [, id] = /^\/things\/(\d+)$/u.exec(url.pathname) ?? []
    if (id === undefined) return { body: { things: THINGS } }
    return id === '3' ? { status: 404, body: {} } : { body: { thing: { ...THINGS[Number(id)], title: 'by itself' } } }
  })
})
afterEach(() => api[Symbol.asyncDispose]())

const spec = (more: Partial<RestSpecInput> = {}): RestSpecInput => ({
  ...{ url: `${api.url}/things`, items: 'things', one: { url: `${api.url}/things/{id}`, item: 'thing' } },
  ...more,
})

test.each([undefined, { path: 'version', as: 'number' } as const])(
  'a row by itself, of version %o',
  async (version) => {
    const source = apiSource(spec(version === undefined ? {} : { version }))
    const { events } = await readAll(() => source)
    const rows = events.flatMap(({ after }) => (after === null ? [] : [after]))
    const again = (await source.again(rows, OF, signal)) ?? []
    // The fourth is gone by now.
    expect(idsOf(again)).toEqual([0, 1, 2, 4])
    expect(again.map(({ after }) => after?.title)).toEqual(Array(4).fill('by itself'))
    const positions = new Map(events.map((event) => [event.after?.id, event.position]))
    expect(again.map(({ position }) => position)).toEqual([0, 1, 2, 4].map((id) => positions.get(id)))
  },
)

test('a source that does not give rows so says so, and one that names what no row has is refused', async () => {
  const { one: _, ...pages } = spec()
  expect(await apiSource(pages).again([], OF, signal)).toBe(null)
  expect(() => apiSource(spec({ one: { url: `${api.url}/{ident}` } }))).toThrow(/there is no field ident/u)
})

test('an answer that is no object is loud', async () => {
  api.answer = () => ({ body: { thing: 'gone' } })
  const again = apiSource(spec()).again([{ id: 1 }], OF, signal)
  await expect(again).rejects.toThrow(/has no object at "thing"/u)
})

test('items that hold several rows give the one that was asked for, and all where each has a version', async () => {
  const order = {
    id: 7,
    at: 3,
    lines: [
      { id: 1, title: 'a' },
      { id: 2, title: 'b' },
    ],
  }
  api.answer = ({ url }) => ({ body: url.pathname === '/orders/7' ? order : [order] })
  const fields = { url: `${api.url}/orders`, expand: 'lines', fields: { title: ['title'], of: '^id' } }
  const imported = {
    fields: { id: { type: 'integer' }, title: { type: 'text' }, of: { type: 'integer' } },
    names: [['id']],
  } as const
  const one = { url: `${api.url}/orders/{of}` }
  const ask = async (more: Partial<RestSpecInput>) => {
    const source = apiSource({ ...fields, one, ...more }, { imported })
    const [row] = (await readAll(() => source)).events
    const events = (await source.again(row?.after === null || row === undefined ? [] : [row.after], OF, signal)) ?? []
    expect(faultsOf(events).every((fault) => fault === null)).toBe(true)
    return idsOf(events)
  }
  expect(await ask({})).toEqual([1])
  expect(await ask({ version: { path: '^at', as: 'number' } })).toEqual([1, 2])
})
