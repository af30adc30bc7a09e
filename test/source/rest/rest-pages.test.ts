// Every way in which APIs give their lists in pages yields every row once, from wherever it goes on; and what may have been
// missed is never silent.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RestSpecInput } from '../../../src/core/rest-spec.ts'
import { apiSource, idsOf, readAll } from '../../support/api-source.ts'
import { type Asked, type Scripted, ScriptedApi } from '../../support/scripted-api.ts'

const things = (count: number, from = 0) => Array.from({ length: count }, (_, index) => ({ id: from + index + 1 }))
const ids = (count: number) => things(count).map(({ id }) => id)

let api: ScriptedApi
beforeEach(async () => {
  api = await ScriptedApi.open()
})
afterEach(() => api[Symbol.asyncDispose]())

type Answers = (asked: Asked, all: readonly { id: number }[]) => Scripted

const number = ({ url }: Asked, name: string, other: number) => Number(url.searchParams.get(name) ?? other)
const slice = (all: readonly unknown[], from: number, count: number) => all.slice(from, from + count)

interface Form {
  readonly spec: Omit<RestSpecInput, 'url'>
  readonly answers: Answers
}

const size = { at: { query: 'limit' }, value: 10 }
const FORMS: Readonly<Record<string, Form>> = {
  'no pages': { spec: {}, answers: (_asked, all) => ({ body: all }) },
  'page numbers': {
    spec: { pagination: { type: 'page', at: { query: 'page' }, size } },
    answers: (asked, all) => ({ body: slice(all, (number(asked, 'page', 1) - 1) * 10, number(asked, 'limit', 50)) }),
  },
  'page numbers from 0, and a total': {
    spec: { items: 'data', total: 'meta.total', pagination: { type: 'page', at: { query: 'p' }, first: 0, size } },
    answers: (asked, all) => ({
      body: { data: slice(all, number(asked, 'p', 0) * 10, 10), meta: { total: all.length } },
    }),
  },
  'page numbers, and whether there are more': {
    spec: { items: 'data', more: 'more', pagination: { type: 'page', at: { query: 'page' } } },
    answers: (asked, all) => {
      const end = number(asked, 'page', 1) * 7
      return { body: { data: all.slice(end - 7, end), more: end < all.length } }
    },
  },
  'offsets, clipped': {
    spec: { pagination: { type: 'offset', at: { query: 'skip' }, size } },
    answers: (asked, all) => ({ body: slice(all, number(asked, 'skip', 0), Math.min(number(asked, 'limit', 50), 4)) }),
  },
  'cursors in the query': {
    spec: { items: 'list', pagination: { type: 'cursor', at: { query: 'after' }, from: 'next', size } },
    answers: (asked, all) => {
      const from = number(asked, 'after', 0)
      return { body: { list: slice(all, from, 10), next: from + 10 < all.length ? String(from + 10) : '' } }
    },
  },
  'cursors in the body': {
    spec: {
      ...{ method: 'POST', body: { filter: { kind: 'x' } }, items: 'list', mayLackItems: true },
      pagination: {
        type: 'cursor',
        at: { body: 'page.cursor' },
        from: 'next',
        size: { at: { body: 'limit' }, value: 6 },
      },
    },
    answers: ({ body }, all) => {
      const { limit, page, filter } = body as { limit: number; page?: { cursor: number }; filter: unknown }
      const from = page?.cursor ?? 0
      expect(filter).toEqual({ kind: 'x' })
      const list = slice(all, from, limit)
      return { body: { ...(list.length > 0 && { list }), ...(from + limit < all.length && { next: from + limit }) } }
    },
  },
  'the last id as a cursor': {
    spec: {
      items: 'data',
      more: 'has_more',
      pagination: { type: 'cursor', at: { query: 'after' }, from: 'data[-1].id' },
    },
    answers: (asked, all) => {
      const from = number(asked, 'after', 0)
      return { body: { data: slice(all, from, 9), has_more: from + 9 < all.length } }
    },
  },
  'a Link header': {
    spec: { pagination: { type: 'link', size } },
    answers: (asked, all) => {
      const page = number(asked, 'page', 1)
      const next = `<?limit=10&page=${page + 1}>; title="a, b"; rel="next", `
      const link = `${page * 10 < all.length ? next : ''}</things?page=1>; rel=first`
      return { body: slice(all, (page - 1) * 10, 10), headers: { link } }
    },
  },
  'next URLs': {
    spec: { items: 'data', pagination: { type: 'next', from: 'links.next' } },
    answers: (asked, all) => {
      const page = number(asked, 'page', 1)
      const next = page * 10 < all.length ? `${asked.url.origin}/things?page=${page + 1}` : null
      return { body: { data: slice(all, (page - 1) * 10, 10), links: { next } } }
    },
  },
}

describe('every row once', () => {
  test.each(Object.entries(FORMS))('%s', async (_name, { spec, answers }) => {
    for (const count of [0, 1, 20, 37]) {
      const all = things(count)
      api.answer = (asked) => answers(asked, all)
      const open = () => apiSource({ url: `${api.url}/things`, ...spec })
      const { events, error, bookmarks } = await readAll(open)
      expect(error).toBe(null)
      expect(idsOf(events)).toEqual(ids(count))
      // Each page by a source of its own, and cut in pieces.
      expect(idsOf((await readAll(open, { rowsMax: 3, afresh: true })).events)).toEqual(ids(count))
      // From every bookmark on.
      for (const from of bookmarks) {
        const rest = await readAll(open, { from })
        expect(rest.error).toBe(null)
        expect(idsOf(rest.events)).toEqual(ids(count).slice(-rest.events.length || count))
      }
    }
  })

  test('for each of several values', async () => {
    api.answer = ({ url }) => {
      const page = Number(url.searchParams.get('page'))
      const shop = url.pathname === '/shops/a%2Fb/things' ? 0 : 100
      return { body: page < 3 ? things(5, shop + (page - 1) * 5) : [] }
    }
    const open = () =>
      apiSource({
        ...{ url: `${api.url}/shops/{shop}/things`, each: { at: { url: 'shop' }, values: ['a/b', 'c'] } },
        pagination: { type: 'page', at: { query: 'page' } },
      })
    const expected = [...ids(10), ...ids(10).map((id) => id + 100)]
    expect(idsOf((await readAll(open)).events)).toEqual(expected)
    expect(idsOf((await readAll(open, { rowsMax: 2, afresh: true })).events)).toEqual(expected)
  })

  test('a page that reads otherwise when it is read again is given out from its beginning', async () => {
    api.answer = () => ({ body: things(4) })
    const open = () => apiSource({ url: api.url })
    const { bookmarks } = await readAll(open, { rowsMax: 3 })
    api.answer = () => ({ body: things(4, 1) })
    expect(idsOf((await readAll(open, { from: bookmarks[0]! })).events)).toEqual([2, 3, 4, 5])
  })
})

const cursor: RestSpecInput['pagination'] = { type: 'cursor', at: { query: 'after' }, from: 'next' }
const page: RestSpecInput['pagination'] = { type: 'page', at: { query: 'page' }, size }
const offset: RestSpecInput['pagination'] = { type: 'offset', at: { query: 'skip' }, size }
const at = ({ url }: Asked) => url.searchParams.get('after') ?? 'start'

interface Incomplete {
  readonly spec: Omit<RestSpecInput, 'url'>
  readonly answer: (asked: Asked) => Scripted
  readonly says: RegExp
  /** The good rows arrive. */
  readonly rows: number
}

const INCOMPLETE: Readonly<Record<string, Incomplete>> = {
  'a cursor that does not move': {
    spec: { items: 'list', pagination: cursor },
    answer: (asked) => ({ body: { list: things(2, at(asked) === 'start' ? 0 : 2), next: 'same' } }),
    says: /page 2 leads to a page that was read before/u,
    rows: 4,
  },
  'a cursor that comes again': {
    spec: { items: 'list', pagination: cursor },
    answer: (asked) => {
      const place = Number(asked.url.searchParams.get('after') ?? 0)
      return { body: { list: things(1, place), next: place === 9 ? 4 : place + 1 } }
    },
    says: /leads to a page that was read before/u,
    rows: 14,
  },
  'next URLs in a circle': {
    spec: { items: 'list', pagination: { type: 'next', from: 'next' } },
    answer: ({ url }) => {
      const number = Number(url.searchParams.get('page') ?? 1)
      return { body: { list: things(1, number), next: `?page=${(number % 3) + 1}` } }
    },
    says: /leads to a page that was read before/u,
    rows: 7,
  },
  'a page that comes once more': {
    spec: { items: 'list', pagination: cursor },
    answer: (asked) => ({ body: { list: things(2), next: `${at(asked)}+` } }),
    says: /page 2 is the one before once more/u,
    rows: 4,
  },
  'an offset that is ignored': {
    spec: { pagination: offset },
    answer: () => ({ body: things(10) }),
    says: /page 2 is the one before once more/u,
    rows: 20,
  },
  'a page shorter than asked, with more behind it': {
    spec: { pagination: page },
    answer: ({ url }) => ({ body: things(4, Number(url.searchParams.get('page')) * 10) }),
    says: /fewer than 10 items, yet others follow it: the source clips its pages/u,
    rows: 8,
  },
  'more announced, and no cursor': {
    spec: { items: 'list', more: 'more', pagination: cursor },
    answer: () => ({ body: { list: things(2), more: true } }),
    says: /page 1 says that more follow, but not where/u,
    rows: 2,
  },
  'more announced, and an empty page': {
    spec: { items: 'list', more: 'more', pagination: page },
    answer: ({ url }) => ({ body: { list: url.searchParams.get('page') === '1' ? things(10) : [], more: true } }),
    says: /page 2 says that more follow, but is empty/u,
    rows: 10,
  },
  'a total that is not met': {
    spec: { items: 'list', total: 'total', pagination: offset },
    answer: ({ url }) => ({ body: { list: url.searchParams.get('skip') === '0' ? things(10) : [], total: 12 } }),
    says: /told of 12 items, but gave 10/u,
    rows: 10,
  },
  'a total that is not met by the only page': {
    spec: { items: 'list', total: 'total' },
    answer: () => ({ body: { list: things(10), total: 11 } }),
    says: /told of 11 items, but gave 10/u,
    rows: 10,
  },
  'a total that shrinks while pages are counted': {
    spec: { items: 'list', total: 'total', pagination: offset },
    answer: ({ url }) => {
      const skip = Number(url.searchParams.get('skip'))
      return { body: { list: things(10, skip), total: skip === 0 ? 30 : 29 } }
    },
    says: /told of 30 items, and of 29 on page 2/u,
    rows: 20,
  },
  'empty pages for ever': {
    spec: { items: 'list', pagination: cursor, limits: { emptyPages: 3 } },
    answer: (asked) => ({ body: { list: at(asked) === 'start' ? things(1) : [], next: `${at(asked)}+` } }),
    says: /4 pages without an item/u,
    rows: 1,
  },
}

describe('what may have been missed ends in IMPORT_INCOMPLETE, behind the rows that were found', () => {
  test.each(Object.entries(INCOMPLETE))('%s', async (_name, { spec, answer, says, rows }) => {
    api.answer = answer
    const open = () => apiSource({ url: api.url, ...spec })
    const { events, error, bookmarks } = await readAll(open)
    expect(error).toMatchObject({ code: 'IMPORT_INCOMPLETE', fate: 'stop', message: expect.stringMatching(says) })
    expect(events).toHaveLength(rows)
    // Whoever goes on is told the same.
    expect((await readAll(open, { from: bookmarks.at(-1)! })).error).toMatchObject({ code: 'IMPORT_INCOMPLETE' })
  })

  test('some empty pages, and short ones, between cursors are nobody’s fault', async () => {
    api.answer = (asked) => {
      const place = Number(asked.url.searchParams.get('after') ?? 0)
      return { body: { list: place % 2 === 0 ? things(1, place) : [], next: place < 9 ? place + 1 : null } }
    }
    const { events, error } = await readAll(() => apiSource({ url: api.url, items: 'list', pagination: cursor }))
    expect(error).toBe(null)
    expect(events).toHaveLength(5)
  })
})

test('pages of another request do not go on where those of this one ended', async () => {
  api.answer = () => ({ body: things(4) })
  const { signal } = new AbortController()
  const scope = { table: 'things', from: null, to: null, filters: [] }
  const upTo = await apiSource({ url: api.url }).last()
  const other = apiSource({ url: `${api.url}/others` })
  const asked = other.page({ scope, after: null, upTo, rowsMax: 1, run: 'c/r' }, signal)
  await expect(asked).rejects.toMatchObject({ code: 'IMPORT_CHANGED' })
})
