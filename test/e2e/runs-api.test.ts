// What the API of runs refuses, with a code, a message and a hint, and without changing anything.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FeedbackPlace } from '../support/feedback-place.ts'
import type { Millrace } from '../support/millrace.ts'
import { Runs } from '../support/runs.ts'

let place: FeedbackPlace
let millrace: Millrace
let runs: Runs
let venue: number

beforeAll(async () => {
  place = await FeedbackPlace.open({
    MILLRACE_TOKENS: 'eve:viewer:token-of-a-viewer,bob:operator:token-of-an-operator',
  })
  venue = await place.site.venue('Opus')
  for (let visit = 0; visit < 5; visit++) await place.site.visit(venue, null)
  millrace = await place.millrace()
  runs = new Runs(millrace, 'token-of-an-operator')
})
afterAll(() => place[Symbol.asyncDispose]())

const backfill = (scope: unknown, more: object = {}) =>
  ['POST', '/api/backfills', { connector: 'feedback', scope, ...more }] as const
const replay = (scope: unknown, more: object = {}) =>
  ['POST', '/api/replays', { connector: 'feedback', scope, ...more }] as const
const verify = (scope: unknown, more: object = {}) =>
  ['POST', '/api/verify', { connector: 'feedback', scope, ...more }] as const
const unknown = '00000000-0000-4000-8000-000000000000'

describe('the API of runs refuses', () => {
  test.each([
    ['a connector that is none', ['POST', '/api/backfills', { connector: 'feedbak' }], 400, 'did you mean feedback'],
    ['no connector', ['POST', '/api/backfills', {}], 400, 'connector'],
    ['no body', ['POST', '/api/backfills'], 400, ''],
    ['a list', ['POST', '/api/backfills', [1]], 400, ''],
    ['a field that is none', backfill({}, { speed: 1 }), 400, 'speed'],
    ['a scope of the wrong type', backfill('all'), 400, 'scope'],
    ['a table with a slip', backfill({ table: 'coment' }), 400, 'did you mean comment'],
    ['a table that the prototype has', backfill({ table: 'constructor' }), 400, 'no table'],
    ['a key without a table', backfill({ key: { from: 1 } }), 400, 'key needs a table'],
    ['both ends of a key swapped', backfill({ table: 'comment', key: { from: 9, to: 1 } }), 400, 'swapped'],
    ['an object as a key', backfill({ table: 'comment', key: { from: { a: 1 } } }), 400, 'key'],
    ['a column that is not declared', backfill({ table: 'comment', where: { reply: 'x' } }), 400, 'reply'],
    ['SQL as a column', backfill({ table: 'comment', where: { '1=1 OR rating': 1 } }), 400, 'where may name'],
    ['a moment that is none', backfill({ changed_since: 'yesterday' }), 400, 'changed_since'],
    ['a moment in a month that is none', backfill({ changed_since: '2026-13-01' }), 400, 'changed_since'],
    ['a table that knows no changes', backfill({ table: 'client', changed_since: '2026-01-01' }), 400, 'changedAt'],
    ['no rate at all', backfill({}, { limits: { rows_per_second: 0 } }), 400, 'rows_per_second'],
    ['a huge rate', backfill({}, { limits: { rows_per_second: 1e12 } }), 400, 'rows_per_second'],
    ['a share above all', backfill({}, { limits: { source_share: 1.5 } }), 400, 'source_share'],
    ['a time that is none', replay({ from: 'noon' }), 400, 'from is "noon"'],
    ['times swapped', replay({ from: '2026-02-01T00:00:00Z', to: '2020-01-01T00:00:00Z' }), 400, 'swapped'],
    ['a cursor of another topic', replay({ from: 'other:0:1' }), 400, 'other'],
    ['a key of no table', replay({ key: 1 }), 400, 'key needs a table'],
    ['the table in use as another', replay({}, { into: 'x' }), 400, 'into'],
    ['a verification of no connector', ['POST', '/api/verify', {}], 400, 'connector'],
    ['a verification of a table with a slip', verify({ table: 'coment' }), 400, 'did you mean comment'],
    ['a repair that is no yes or no', verify({}, { repair: 'all' }), 400, 'repair'],
    ['a verification with a bad id', ['GET', '/api/verify/7'], 400, 'id'],
    ['a verification that is none', ['GET', `/api/verify/${unknown}`], 404, unknown],
    ['more differences than are kept', ['GET', `/api/verify/${unknown}?limit=10001`], 400, 'limit'],
    ['marks of a venue that is no number', ['GET', '/api/verify?venue=x'], 400, 'venue'],
    ['a run with a bad id', ['GET', '/api/runs/7'], 400, 'id'],
    ['a run that is none', ['GET', `/api/runs/${unknown}`], 404, unknown],
    ['events of a run that is none', ['GET', `/api/runs/${unknown}/events`], 404, unknown],
    ['a pause of a run that is none', ['PATCH', `/api/runs/${unknown}`, { state: 'paused' }], 404, unknown],
    ['no change', ['PATCH', `/api/runs/${unknown}`, {}], 400, 'state or limits'],
    ['a state that is none', ['PATCH', `/api/runs/${unknown}`, { state: 'done' }], 400, 'state'],
    ['the end of a run that is none', ['DELETE', `/api/runs/${unknown}`], 404, unknown],
    ['a list too long', ['GET', '/api/runs?limit=1000000'], 400, 'limit'],
    ['a list of no length', ['GET', '/api/runs?limit=-1'], 400, 'limit'],
    ['another method', ['PUT', '/api/runs'], 405, 'GET'],
  ] as const)('%s', async (_name, [method, path, body], status, said) => {
    const before = await runs.list()
    const answer = await runs.ask(method, path, body)
    expect(answer.status).toBe(status)
    const { error } = answer.body as { error: Record<string, string> }
    expect(Object.keys(error)).toEqual(['code', 'message', 'hint'])
    expect(error.hint).not.toBe('')
    expect(`${error.message} ${error.hint}`).toContain(said)
    expect(await runs.list()).toEqual(before)
  })

  test('a body that is too large, and one of another kind', async () => {
    const headers = { authorization: 'Bearer token-of-an-operator' }
    const ask = (body: string, type: string) =>
      fetch(`${millrace.url}/api/backfills`, { method: 'POST', body, headers: { ...headers, 'content-type': type } })
    expect((await ask(JSON.stringify({ connector: 'x'.repeat(2_000_000) }), 'application/json')).status).toBe(413)
    expect((await ask('connector=feedback', 'application/x-www-form-urlencoded')).status).toBe(415)
    expect((await ask('{"connector":', 'application/json')).status).toBe(400)
    expect(await runs.list()).toEqual([])
  })

  test('whoever may only look, and whoever says not who they are', async () => {
    const viewer = new Runs(millrace, 'token-of-a-viewer')
    expect(await viewer.ask('POST', '/api/backfills', { connector: 'feedback' })).toMatchObject({ status: 403 })
    expect(await viewer.ask('GET', '/api/runs')).toMatchObject({ status: 200 })
    expect(await new Runs(millrace, 'guess').ask('GET', '/api/runs')).toMatchObject({ status: 401 })
  })
})

test('the API describes itself as it is', async () => {
  const answer = await fetch(`${millrace.url}/docs`)
  const { openapi, paths } = (await answer.json()) as {
    openapi: string
    paths: Record<string, Record<string, Operation>>
  }
  expect(openapi).toBe('3.1.0')
  const { post: backfills } = paths['/api/backfills'] ?? {}
  const body = backfills?.requestBody?.content['application/json'].schema
  expect(body).toMatchObject({ required: ['connector'], additionalProperties: false })
  expect(Object.keys(body?.properties ?? {})).toEqual(['connector', 'scope', 'limits', 'dry_run'])
  const retries = paths['/api/dead/retry']?.post?.requestBody?.content['application/json'].schema
  expect(Object.keys(retries?.properties ?? {})).toContain('dry_run')
  expect(JSON.stringify(paths['/api/sync/{client_id}']?.post?.requestBody)).toContain('dry_run')
  expect(paths['/api/runs/{id}']?.patch?.parameters).toMatchObject([{ name: 'id', in: 'path', required: true }])
  expect(paths['/api/runs']?.get?.parameters).toMatchObject([
    { name: 'limit' },
    { name: 'state' },
    { name: 'kind' },
    { name: 'connector' },
    { name: 'before' },
  ])
  expect(Object.values(paths).every((path) => Object.values(path).every(({ summary }) => summary !== ''))).toBe(true)
})

interface Operation {
  readonly summary: string
  readonly parameters: readonly object[]
  readonly requestBody?: { content: { 'application/json': { schema: { properties: object } } } }
}

describe('a run over HTTP', () => {
  test('is ordered, slowed, paused, resumed and cancelled, and tells its progress as it goes', async () => {
    const { id, by } = await runs.backfill({ venue }, { rows_per_second: 1 })
    expect(by).toBe('bob')
    const events = runs.events(id)
    expect((await runs.set(id, { limits: { rows_per_second: 2 } })).limits.rows_per_second).toBe(2)
    await runs.is(id, ['running'])
    await runs.set(id, { state: 'paused' })
    const paused = await runs.is(id, ['paused'])
    expect(paused.ended_at).toBe(null)
    await runs.set(id, { state: 'running' })
    await runs.is(id, ['running'])
    expect(await runs.ask('DELETE', `/api/runs/${id}`)).toMatchObject({ status: 200 })
    const cancelled = await runs.is(id, ['cancelled'])
    expect(cancelled.rows_done).toBe(cancelled.rows)
    expect(await runs.ask('PATCH', `/api/runs/${id}`, { state: 'running' })).toMatchObject({ status: 409 })
    const states = (await events).map(({ state }) => state)
    expect(states.length).toBeGreaterThan(1)
    expect(states.at(-1)).toBe('cancelled')
  })
})
