import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import type { Answered, Routes } from '../../src/control/control-server.ts'
import { probeRoutes } from '../../src/control/probe-routes.ts'
import { type PartReport, readiness } from '../../src/control/readiness.ts'
import type { Token } from '../../src/control/token.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { controlServer } from '../support/control-server.ts'
import { until } from '../support/until.ts'

const VIEWER = 'viewer-0123456789'
const TOKENS: readonly Token[] = [
  { name: 'ann', role: 'viewer', token: VIEWER },
  { name: 'bob', role: 'operator', token: 'operator-0123456789' },
]

const part: PartReport = {
  part: 'capture',
  state: 'running',
  movedAtMs: 0,
  partitions: null,
  lagRecords: 0,
  error: null,
}

const ask: Routes = (app) => {
  const body = z.object({ venue: z.number({ error: 'a venue is a whole number, for instance 12' }).int() })
  app.post('/api/things/:id', { config: { role: 'operator' }, schema: { body }, handler: (request) => request.body })
  app.get('/api/broken', () => {
    throw new TypeError('secret detail')
  })
}

async function open(options: { tokens?: readonly Token[]; parts?: readonly PartReport[] } = {}) {
  const metrics = createMetrics()
  const server = controlServer({
    tokens: options.tokens ?? [],
    routes: [probeRoutes({ metrics, readiness: async () => readiness(options.parts ?? [part], 0) }), ask],
  })
  const address = await server.listen()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return {
    address,
    async get(path: string, token?: string) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const response = await fetch(address + path, { headers })
      return { status: response.status, text: await response.text() }
    },
    async post(path: string, body: string, headers: Record<string, string> = {}) {
      const given = { 'content-type': 'application/json', ...headers }
      const response = await fetch(address + path, { method: 'POST', body, headers: given })
      return { status: response.status, body: (await response.json()) as { error: Record<string, string> } }
    },
  }
}

test('a live process says so', async () => {
  const { get } = await open()
  const { status, text } = await get('/health/live')
  expect(status).toBe(200)
  expect(JSON.parse(text)).toEqual({ live: true, uptime_s: expect.any(Number) })
})

test('ready is 200 with the state of each part, not ready is 503 with what is in the way', async () => {
  const caughtUp = await (await open()).get('/health/ready')
  expect([caughtUp.status, JSON.parse(caughtUp.text)]).toEqual([200, { ready: true, why: [], parts: [part] }])
  const error = { code: 'LOG_FENCED', message: 'another process captures', hint: 'stop one' }
  const stopped = await (await open({ parts: [{ ...part, state: 'stopped', error }] })).get('/health/ready')
  expect(stopped.status).toBe(503)
  expect(JSON.parse(stopped.text)).toMatchObject({
    ready: false,
    why: ['capture has stopped: LOG_FENCED: another process captures'],
    parts: [{ error: { hint: 'stop one' } }],
  })
})

test('metrics are printed for Prometheus', async () => {
  const { status, text } = await (await open()).get('/metrics')
  expect(status).toBe(200)
  expect(text).toContain('# TYPE millrace_ready gauge')
})

test('with tokens a stranger learns only whether it is ready, and reads no metrics', async () => {
  const { get } = await open({ tokens: TOKENS })
  expect(await get('/health/ready')).toEqual({ status: 200, text: '{"ready":true}' })
  const stranger = await get('/metrics')
  expect([stranger.status, JSON.parse(stranger.text)]).toEqual([
    401,
    { error: { code: 'TOKEN_MISSING', message: 'this needs a token with the role viewer', hint: expect.any(String) } },
  ])
  expect((await get('/metrics', 'wrong-0123456789')).status).toBe(401)
  expect((await get('/metrics', VIEWER)).status).toBe(200)
  expect(JSON.parse((await get('/health/ready', VIEWER)).text)).toHaveProperty('parts')
})

test('a role may do what the roles before it may, and no more', async () => {
  const { post } = await open({ tokens: TOKENS })
  const asViewer = await post('/api/things/1', '{"venue":1}', { authorization: `Bearer ${VIEWER}` })
  expect([asViewer.status, asViewer.body.error.code]).toEqual([403, 'ROLE_MISSING'])
  expect(asViewer.body.error.message).toBe('ann is a viewer; this needs the role operator')
  const asOperator = await post('/api/things/1', '{"venue":1}', { authorization: 'Bearer operator-0123456789' })
  expect([asOperator.status, asOperator.body as unknown]).toEqual([200, { venue: 1 }])
})

test.each([
  ['/nowhere', 404, 'ENDPOINT_UNKNOWN', 'there is nothing at /nowhere'],
  ['/health/live?x=1', 405, 'METHOD_NOT_ALLOWED', '/health/live answers GET, not POST'],
])('POST %s is refused with %i and says why', async (path, status, code, message) => {
  const answer = await (await open()).post(path, '{}')
  expect([answer.status, answer.body]).toEqual([status, { error: { code, message, hint: expect.any(String) } }])
})

test.each([
  ['a body beyond the limit', '"'.padEnd(1_100_000, 'x'), {}, 413, 'BODY_TOO_LARGE', /too large/],
  ['a body of another type', 'a=1', { 'content-type': 'text/xml' }, 415, 'MEDIA_TYPE_UNKNOWN', /text\/xml|[Mm]edia/],
  ['a body that is not JSON', '{"venue":', {}, 400, 'REQUEST_INVALID', /JSON/],
  ['a field of the wrong kind', '{"venue":"x"}', {}, 400, 'REQUEST_INVALID', /^body\.venue: a venue is a whole number/],
])('%s is refused with its own error', async (_, body, headers, status, code, message) => {
  const answer = await (await open()).post('/api/things/1', body, headers)
  expect([answer.status, answer.body.error.code]).toEqual([status, code])
  expect(answer.body.error.message).toMatch(message)
  expect(answer.body.error.hint).not.toBe('')
})

test('every answer, errors too, says that it is not to be kept, framed or taken for something else', async () => {
  const { address } = await open()
  for (const path of ['/health/live', '/nowhere', '/api/broken', '/metrics']) {
    const { headers } = await fetch(address + path)
    expect([path, Object.fromEntries(headers)]).toMatchObject([
      path,
      {
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      },
    ])
  }
})

test('a defect keeps its details to itself', async () => {
  const { status, text } = await (await open()).get('/api/broken')
  expect(status).toBe(500)
  expect(text).not.toContain('secret detail')
  expect(JSON.parse(text).error.code).toBe('INTERNAL')
})

test('a taken port is named', async () => {
  const { address } = await open()
  const { hostname, port } = new URL(address)
  const other = controlServer({ host: hostname, port: Number(port) })
  await expect(other.listen()).rejects.toMatchObject({ code: 'PORT_TAKEN', message: expect.stringContaining(port) })
})

test('what was answered is told by its route, however many things it is asked of', async () => {
  const told: string[] = []
  const onAnswered = ({ method, url, status, tookMs }: Answered) => {
    expect(tookMs).toBeGreaterThan(0)
    told.push(`${method} ${url} ${status}`)
  }
  const server = controlServer({ tokens: [], routes: [ask], onAnswered })
  const address = await server.listen()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const headers = { 'content-type': 'application/json' }
  for (const id of [1, 2]) await fetch(`${address}/api/things/${id}`, { method: 'POST', body: '{"venue":7}', headers })
  await fetch(`${address}/api/broken`)
  await fetch(`${address}/api/nothing-of-the-kind`)
  await until(async () => (told.length === 4 ? true : null), { what: 'all are told' })
  expect(told).toEqual(['POST /api/things/:id 200', 'POST /api/things/:id 200', 'GET /api/broken 500', 'GET  404'])
})
