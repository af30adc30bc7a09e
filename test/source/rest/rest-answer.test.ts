// What is wrong with an answer is told by name, and what can be right later is asked for again, no sooner than the source
// wants it.

import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RestSpecInput } from '../../../src/core/rest-spec.ts'
import { freePort } from '../../../src/stack/free-port.ts'
import { apiSource, failureOf, idsOf, readAll, StillClock } from '../../support/api-source.ts'
import { type Scripted, ScriptedApi } from '../../support/scripted-api.ts'

let api: ScriptedApi
beforeEach(async () => {
  api = await ScriptedApi.open(() => ({ body: [{ id: 1 }] }))
})
afterEach(() => api[Symbol.asyncDispose]())

interface Bad {
  readonly answer: Scripted
  readonly code: string
  readonly says: RegExp
  readonly spec?: Partial<RestSpecInput>
}

const html = { 'content-type': 'text/html; charset=utf-8' }
const BAD: Readonly<Record<string, Bad>> = {
  'a page for people': {
    answer: { body: '<!DOCTYPE html>\n<h1>Sign in</h1>', headers: html },
    code: 'IMPORT_ANSWER_INVALID',
    says: /text\/html; charset=utf-8 instead of JSON: <!DOCTYPE html> <h1>Sign in<\/h1>/u,
  },
  'such a page that calls itself JSON': {
    answer: { body: '<html></html>' },
    code: 'IMPORT_ANSWER_INVALID',
    says: /cut short or wrong; its end is: <html><\/html>/u,
  },
  'JSON cut short': {
    answer: { body: '[{"id":1},{"id"' },
    code: 'IMPORT_ANSWER_INVALID',
    says: /cut short or wrong; its end is: \[\{"id":1\},\{"id"/u,
  },
  'an answer cut short on its way': {
    answer: { body: '[{"id":1}]', breaks: 'cut' },
    code: 'IMPORT_UNAVAILABLE',
    says: /cut the connection short/u,
  },
  'nothing at all': {
    answer: { breaks: 'silent' },
    spec: { limits: { answerMs: 100 } },
    code: 'IMPORT_UNAVAILABLE',
    says: /did not answer in full within 100 ms/u,
  },
  'too much': {
    answer: { body: JSON.stringify([{ id: 'x'.repeat(5_000) }]) },
    spec: { limits: { answerBytes: 1_000 } },
    code: 'IMPORT_ANSWER_INVALID',
    says: /more than 1000 bytes/u,
  },
  'too much, packed': {
    answer: { body: gzipSync(' '.repeat(9_000_000)), headers: { 'content-encoding': 'gzip' } },
    spec: { limits: { answerBytes: 100_000 } },
    code: 'IMPORT_ANSWER_INVALID',
    says: /more than 100000 bytes/u,
  },
  'broken gzip': {
    answer: { body: 'no gzip', headers: { 'content-encoding': 'gzip' } },
    code: 'IMPORT_ANSWER_INVALID',
    says: /broken gzip/u,
  },
  'another packing': {
    answer: { body: '[]', headers: { 'content-encoding': 'br' } },
    code: 'IMPORT_ANSWER_INVALID',
    says: /answers in br/u,
  },
  'bytes that are no text': {
    answer: { body: Buffer.from('["\xff"]', 'latin1') },
    code: 'IMPORT_ANSWER_INVALID',
    says: /no UTF-8/u,
  },
  'no list where it should be': {
    answer: { body: { data: { rows: 1 }, meta: 2 } },
    spec: { items: 'data.items' },
    code: 'IMPORT_ANSWER_INVALID',
    says: /no list at "data.items": it has data, meta/u,
  },
  'no list at the top': {
    answer: { body: { data: [] } },
    code: 'IMPORT_ANSWER_INVALID',
    says: /no list at the top: it has data/u,
  },
  'no total': {
    answer: { body: { list: [], total: 'many' } },
    spec: { items: 'list', total: 'total' },
    code: 'IMPORT_ANSWER_INVALID',
    says: /does not say at "total" how many/u,
  },
  'no yes or no': {
    answer: { body: { list: [], more: 'true' } },
    spec: { items: 'list', more: 'more' },
    code: 'IMPORT_ANSWER_INVALID',
    says: /does not say at "more" whether/u,
  },
  'errors within': {
    answer: { body: { list: [], errors: [{ code: 'X' }] } },
    spec: { items: 'list', errors: 'errors' },
    code: 'IMPORT_ANSWER_INVALID',
    says: /tells of errors: \[\{"code":"X"\}\]/u,
  },
  '401': {
    answer: { status: 401, body: { error: 'expired' } },
    code: 'IMPORT_DENIED',
    says: /answers 401: \{"error":"expired"\}/u,
  },
  '403': { answer: { status: 403 }, code: 'IMPORT_DENIED', says: /answers 403/u },
  '404': {
    answer: { status: 404, body: 'no such list' },
    code: 'IMPORT_REQUEST_REFUSED',
    says: /answers 404: no such list/u,
  },
  '304': { answer: { status: 304 }, code: 'IMPORT_REQUEST_REFUSED', says: /answers 304/u },
  '429': {
    answer: { status: 429, headers: { 'retry-after': '7' } },
    code: 'IMPORT_UNAVAILABLE',
    says: /answers 429, to be asked again in 7 s/u,
  },
  '500': { answer: { status: 500 }, code: 'IMPORT_UNAVAILABLE', says: /answers 500:/u },
}

describe('a bad answer has a clear reason', () => {
  test.each(Object.entries(BAD))('%s', async (_name, { answer, code, says, spec = {} }) => {
    api.answer = () => answer
    const fate = code === 'IMPORT_UNAVAILABLE' ? 'retry' : 'stop'
    expect(await failureOf({ url: api.url, ...spec })).toMatchObject({
      code,
      fate,
      message: expect.stringMatching(says),
    })
  })

  test('nobody there, no such host, and a port that speaks no TLS', async () => {
    const port = await freePort()
    expect(await failureOf({ url: `http://127.0.0.1:${port}` })).toMatchObject({
      code: 'IMPORT_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    const resolve = () => (_: string, __: object, done: (error: Error) => void) =>
      done(Object.assign(new Error('none'), { code: 'ENOTFOUND' }))
    const unknown = await failureOf(
      { url: 'http://shop.example.com' },
      { privateHosts: [], resolve: resolve() as never },
    )
    expect(unknown).toMatchObject({ code: 'IMPORT_UNAVAILABLE', message: expect.stringContaining('ENOTFOUND') })
    expect(await failureOf({ url: api.url.replace('http', 'https') })).toMatchObject({
      code: 'IMPORT_UNTRUSTED',
      fate: 'stop',
    })
  })

  test('a port that speaks something else', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const error = await failureOf({ url: `http://127.0.0.1:${port}` })
    expect(error).toMatchObject({ code: 'IMPORT_ANSWER_INVALID', message: expect.stringContaining('else than HTTP') })
    server.close()
  })

  test('a host to which no connection comes about', async () => {
    // Never resolved: the socket stays where it is.
    const more: Parameters<typeof apiSource>[1] = { privateHosts: [], resolve: () => undefined }
    const error = await failureOf({ url: 'http://shop.example.com', limits: { connectMs: 50 } }, more)
    expect(error).toMatchObject({
      code: 'IMPORT_UNAVAILABLE',
      message: expect.stringContaining('could not be connected to within 50 ms'),
    })
  })

  test('what is wrong with a request is told before it is ordered; that nobody answers now is not', async () => {
    const check = (answer: Scripted) => {
      api.answer = () => answer
      return apiSource({ url: api.url }).check()
    }
    await expect(check({ status: 401 })).rejects.toMatchObject({ code: 'IMPORT_DENIED' })
    await expect(check({ body: { list: [] } })).rejects.toMatchObject({ code: 'IMPORT_ANSWER_INVALID' })
    for (const answer of [{ status: 503 }, { status: 429 }, { body: [{ id: 1 }] }]) await check(answer)
  })

  test('packed answers are read', async () => {
    api.answer = () => ({ body: gzipSync('[{"id":4}]'), headers: { 'content-encoding': 'gzip' } })
    expect(idsOf((await readAll(() => apiSource({ url: api.url }))).events)).toEqual([4])
  })

  test('a call that is called off ends at once', async () => {
    const server = createServer(() => controller.abort(new Error('called off')))
    const controller = new AbortController()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const source = apiSource({ url: `http://127.0.0.1:${port}` })
    const request = {
      scope: { table: 'things', from: null, to: null, filters: [] },
      after: null,
      upTo: null,
      rowsMax: 1,
      run: 'c/r',
    }
    await expect(source.page(request, controller.signal)).rejects.toThrow('called off')
    server.close()
  })
})

describe('the pace', () => {
  const pages: RestSpecInput['pagination'] = { type: 'page', at: { query: 'page' } }

  test('keeps to the budget', async () => {
    const clock = new StillClock()
    api.answer = ({ url }) => ({
      body: url.searchParams.get('page') === '4' ? [] : [{ id: Number(url.searchParams.get('page')) }],
    })
    const source = apiSource({ url: api.url, pagination: pages, requestsPerSecond: 4 }, { clock })
    expect((await readAll(() => source)).events).toHaveLength(3)
    expect(clock.slept).toEqual([250, 250, 250])
  })

  test.each([
    ['seconds', '30', 30_000],
    ['a date', new Date(1_000_000 + 45_000).toUTCString(), 45_000],
    ['more than anybody means', '9999999', 3_600_000],
    ['nothing that is understood', 'soon', null],
    ['a date that is over', new Date(0).toUTCString(), null],
  ])('waits as long as the source asks for: %s', async (_name, retryAfter, waitMs) => {
    const clock = new StillClock()
    const source = apiSource({ url: api.url }, { clock })
    api.answer = () => ({ status: 429, headers: { 'retry-after': retryAfter } })
    expect((await readAll(() => source)).error).toMatchObject({ code: 'IMPORT_UNAVAILABLE' })
    api.answer = () => ({ body: [{ id: 1 }] })
    expect((await readAll(() => source)).events).toHaveLength(1)
    expect(clock.slept).toEqual(waitMs === null ? [] : [waitMs])
  })
})
