// Credentials go where they are for, and are in no message, row or bookmark.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MillraceError } from '../../../src/core/errors.ts'
import type { RestSpecInput } from '../../../src/core/rest-spec.ts'
import { apiSource, idsOf, readAll } from '../../support/api-source.ts'
import { type Asked, type Scripted, ScriptedApi } from '../../support/scripted-api.ts'

let api: ScriptedApi
beforeEach(async () => {
  api = await ScriptedApi.open(() => ({ body: [{ id: 1 }] }))
})
afterEach(() => api[Symbol.asyncDispose]())

const TOKEN = 'sq0atp/S3cret+TOKEN=='

describe('credentials', () => {
  test.each([
    [
      'a bearer token',
      { type: 'bearer', token: TOKEN },
      ({ headers }: Asked) => headers.authorization,
      `Bearer ${TOKEN}`,
    ],
    [
      'user and password',
      { type: 'basic', user: 'ann', password: 'pä ss:' },
      ({ headers }: Asked) => Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString(),
      'ann:pä ss:',
    ],
    [
      'a key in a header',
      { type: 'apiKey', name: 'X-Key', key: TOKEN },
      ({ headers }: Asked) => headers['x-key'],
      TOKEN,
    ],
    [
      'a key in the query',
      { type: 'apiKey', in: 'query', name: 'key', key: TOKEN },
      ({ url }: Asked) => url.searchParams.get('key'),
      TOKEN,
    ],
    ['none', { type: 'none' }, ({ headers }: Asked) => headers.authorization, undefined],
  ])('%s', async (_name, auth, sent, wanted) => {
    expect(idsOf((await readAll(() => apiSource({ url: `${api.url}?a=1` }, { auth }))).events)).toEqual([1])
    expect(sent(api.asked[0]!)).toBe(wanted)
    expect(api.asked[0]!.url.searchParams.get('a')).toBe('1')
  })

  test('in a URL, a parameter or a header of the request they are refused', () => {
    const wrong: readonly RestSpecInput[] = [
      { url: 'https://ann:secret@api.example.com' },
      { url: 'https://api.example.com?api_key=x' },
      { url: 'https://api.example.com', query: { access_token: 'x' } },
      { url: 'https://api.example.com', headers: { Authorization: 'Bearer x' } },
      { url: 'https://api.example.com', headers: { 'X-Api-Key': 'x' } },
      { url: 'https://api.example.com', headers: { 'X-Auth-Key': 'x' } },
    ]
    for (const spec of wrong) expect(() => apiSource(spec)).toThrow('put it into `auth`')
    expect(() => apiSource({ url: 'https://api.example.com', query: { page_token: 'x', limit: '1' } })).not.toThrow()
    expect(() => apiSource({ url: 'file:///etc/passwd' })).toThrow('http or https')
  })

  const AUTHS = [
    { type: 'bearer', token: TOKEN },
    { type: 'basic', user: 'ann', password: TOKEN },
    { type: 'apiKey', key: TOKEN },
    { type: 'apiKey', in: 'query', name: 'key', key: TOKEN },
  ]
  /** What was sent, given back in every form that it may take. */
  const echo = ({ url, headers }: Asked) =>
    JSON.stringify({ ...headers, url: url.href, plain: TOKEN, path: TOKEN.replaceAll('/', '\\/') }, null, 1)
  const ECHOES: Readonly<Record<string, (asked: Asked) => Scripted>> = {
    'a refusal': (asked) => ({ status: 401, body: echo(asked) }),
    'a fault': (asked) => ({ status: 400, body: echo(asked) }),
    'no answer now': (asked) => ({ status: 503, body: echo(asked) }),
    'a page for people': (asked) => ({ body: `<html>${echo(asked)}</html>`, headers: { 'content-type': 'text/html' } }),
    'JSON cut short': (asked) => ({ body: `[${echo(asked)}` }),
    'JSON cut within': (asked) => ({ body: echo(asked).slice(0, -4) }),
    'no list': (asked) => ({ body: { [echo(asked)]: 1 } }),
    'errors in the answer': (asked) => ({ body: { errors: [echo(asked)] } }),
    'an item': (asked) => ({ body: { list: [{ id: 1, title: echo(asked) }] } }),
    'an item that is set aside': () => ({ body: { list: [{ id: TOKEN }] } }),
    'a cursor': (asked) => ({ body: { list: [{ id: 1 }], next: `?${echo(asked)}` } }),
    'a content type': () => ({ body: '', headers: { 'content-type': `text/${TOKEN}` } }),
    'a redirect': () => ({ status: 302, headers: { location: `/?key=${encodeURIComponent(TOKEN)}` } }),
  }
  test.each(Object.entries(ECHOES))(
    'given back by %s they are in no message, row or bookmark',
    async (_name, answer) => {
      api.answer = answer
      for (const auth of AUTHS) {
        const spec = { url: api.url, items: 'list', errors: 'errors' }
        const pagination = { type: 'cursor', at: { query: 'after' }, from: 'next' } as const
        const { events, bookmarks, error } = await readAll(() => apiSource({ ...spec, pagination }, { auth }))
        expect(error).toBeInstanceOf(MillraceError)
        const { message, hint, stack, cause } = error as MillraceError
        const told = JSON.stringify([
          message,
          hint,
          stack,
          cause,
          bookmarks,
          events.map(({ parts }) => parts.afterImage?.row),
        ])
        const base64 = Buffer.from(`ann:${TOKEN}`).toString('base64')
        for (const form of [TOKEN, encodeURIComponent(TOKEN), 'S3cret', base64]) expect(told).not.toContain(form)
      }
    },
  )

  test('given back in the URL of the next page they are left out, and sent again', async () => {
    api.answer = ({ url }) => {
      const next = new URL(url)
      next.searchParams.set('page', '2')
      return {
        body: {
          list: [{ id: url.searchParams.has('page') ? 2 : 1 }],
          next: url.searchParams.has('page') ? null : next.href,
        },
      }
    }
    const auth = { type: 'apiKey', in: 'query', name: 'key', key: TOKEN }
    const spec: RestSpecInput = { url: api.url, items: 'list', pagination: { type: 'next', from: 'next' } }
    const { events, bookmarks } = await readAll(() => apiSource(spec, { auth }))
    expect(idsOf(events)).toEqual([1, 2])
    expect(api.asked.map(({ url }) => url.searchParams.get('key'))).toEqual([TOKEN, TOKEN])
    expect(bookmarks.join()).not.toContain('key')
  })

  test('are for their own origin alone', async () => {
    await using other = await ScriptedApi.open(() => ({ body: [{ id: 7 }] }))
    for (const auth of AUTHS) {
      api.answer = () => ({ status: 307, headers: { location: `${other.url}/elsewhere` } })
      expect(idsOf((await readAll(() => apiSource({ url: api.url }, { auth }))).events)).toEqual([7])
      api.answer = () => ({ body: { list: [], next: `${other.url}/next` } })
      other.answer = () => ({ body: { list: [] } })
      const spec: RestSpecInput = { url: api.url, items: 'list', pagination: { type: 'next', from: 'next' } }
      expect((await readAll(() => apiSource(spec, { auth }))).error).toBe(null)
      other.answer = () => ({ body: [{ id: 7 }] })
    }
    expect(other.asked).toHaveLength(8)
    expect(JSON.stringify(other.asked)).not.toMatch(/S3cret|authorization|x-api-key/u)
  })
})
