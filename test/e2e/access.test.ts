// Every endpoint there is, as a running millrace tells them: nobody without a token, of a lesser role, or from a page of
// another site gets anything done.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditView } from '../../src/control/audit-view.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Millrace } from '../support/millrace.ts'
import { Runs } from '../support/runs.ts'

const TOKENS = { viewer: 'token-of-a-viewer', operator: 'token-of-an-operator', admin: 'token-of-an-admin' }
type Role = keyof typeof TOKENS

interface Operation {
  readonly method: string
  readonly path: string
  readonly role: Role | null
}

const VALUES: Readonly<Record<string, string>> = {
  id: '00000000-0000-4000-8000-000000000000',
  client_id: '1',
  file: 'x.js',
}

let place: FeedbackPlace
let guarded: Millrace
let operations: readonly Operation[]

beforeAll(async () => {
  place = await FeedbackPlace.open({
    MILLRACE_TOKENS: Object.entries(TOKENS)
      .map(([role, token]) => `${role}:${role}:${token}`)
      .join(),
  })
  guarded = await place.millrace()
  await place.site.venue('Opus')
  operations = await told(guarded)
})
afterAll(() => place[Symbol.asyncDispose]())

async function told(millrace: Millrace): Promise<readonly Operation[]> {
  const { paths } = (await (await fetch(`${millrace.url}/docs`)).json()) as {
    paths: Record<string, Record<string, { 'x-role'?: Role }>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-role': role = null }]) => {
      return { method: method.toUpperCase(), path: path.replace(/\{(\w+)\}/gu, (_, name) => VALUES[name] ?? ''), role }
    }),
  )
}

async function ask(millrace: Millrace, { method, path }: Operation, headers: Record<string, string>) {
  const answer = await fetch(millrace.url + path, { method, headers, signal: AbortSignal.timeout(60_000) })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.startsWith('application/json')
  return [answer.status, isJson ? JSON.parse(text).error?.code : undefined]
}

const bearer = (role: Role) => ({ authorization: `Bearer ${TOKENS[role]}` })

async function session(role: Role): Promise<Record<string, string>> {
  const answer = await fetch(`${guarded.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: TOKENS[role] }),
  })
  return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

/** What each operation answered, where it was not this. */
async function others(asked: readonly Operation[], headers: Record<string, string>, wanted: readonly unknown[]) {
  const found: string[] = []
  for (const operation of asked) {
    const answer = await ask(guarded, operation, headers)
    if (String(answer) !== String(wanted)) found.push(`${operation.method} ${operation.path}: ${answer}`)
  }
  return found
}

const unsafe = () => operations.filter(({ method }) => method !== 'GET')

async function expectNothingDone(): Promise<void> {
  const boss = new Runs(guarded, TOKENS.admin)
  expect(await boss.list()).toEqual([])
  expect(((await boss.ask('GET', '/api/audit')).body as AuditView).entries).toEqual([])
}

describe('with tokens', () => {
  test('whoever has none gets nothing but the page, the probes, the description and the way in', async () => {
    expect(
      operations
        .filter(({ role }) => role === null)
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
    ).toEqual([
      'DELETE /api/session',
      'GET /',
      'GET /console/x.js',
      'GET /docs',
      'GET /health/live',
      'GET /health/ready',
      'POST /api/session',
    ])
    const closed = operations.filter(({ role }) => role !== null)
    expect(closed.length).toBeGreaterThan(30)
    for (const headers of [
      {},
      { authorization: 'Bearer token-of-nobody-at-all' },
      { cookie: 'millrace_session=1.x.viewer' },
    ])
      expect(await others(closed, headers, [401, 'TOKEN_MISSING'])).toEqual([])
    await expectNothingDone()
  })

  test('a viewer changes nothing, by token or by session', async () => {
    const changing = unsafe().filter(({ role }) => role !== null)
    expect(changing.every(({ role }) => role === 'operator' || role === 'admin')).toBe(true)
    for (const headers of [bearer('viewer'), await session('viewer')])
      expect(await others(changing, headers, [403, 'ROLE_MISSING'])).toEqual([])
    await expectNothingDone()
  })

  test('an operator does nothing that is an admin’s', async () => {
    const admins = operations.filter(({ role }) => role === 'admin')
    expect(admins).not.toEqual([])
    for (const headers of [bearer('operator'), await session('operator')])
      expect(await others(admins, headers, [403, 'ROLE_MISSING'])).toEqual([])
    await expectNothingDone()
  })

  test('a page of another site gets nothing done, whoever is signed in', async () => {
    for (const headers of [await session('admin'), bearer('admin')]) {
      const foreign = { ...headers, origin: 'https://evil.example' }
      expect(await others(operations, foreign, [403, 'ORIGIN_FOREIGN'])).toEqual([])
      expect(await others(unsafe(), { ...headers, 'sec-fetch-site': 'cross-site' }, [403, 'ORIGIN_FOREIGN'])).toEqual(
        [],
      )
    }
    await expectNothingDone()
  })
})

test('a session outlives a restart, and ends with its token', async () => {
  const headers = await session('viewer')
  const who = async ({ url }: Millrace) => (await fetch(`${url}/api/session`, { headers })).json()
  expect(await who(guarded)).toEqual({ name: 'viewer', role: 'viewer', by: 'token' })
  await guarded.stop()
  {
    await using again = await (await Millrace.start(place.settings)).ready()
    expect(await who(again)).toEqual({ name: 'viewer', role: 'viewer', by: 'token' })
    await again.stop()
  }
  const other = { ...place.settings, MILLRACE_TOKENS: 'viewer:viewer:another-token-of-a-viewer' }
  await using changed = await (await Millrace.start(other)).ready()
  expect(await who(changed)).toMatchObject({ error: { code: 'TOKEN_MISSING' } })
  await changed.stop()
})

test('without tokens a page of another site gets nothing done either', async () => {
  const { MILLRACE_TOKENS: _, ...settings } = place.settings
  await using open = await (await Millrace.start(settings)).ready()
  for (const operation of operations) {
    expect([operation, ...(await ask(open, operation, { origin: 'https://evil.example' }))]).toEqual([
      operation,
      403,
      'ORIGIN_FOREIGN',
    ])
  }
  expect(await new Runs(open).list()).toEqual([])
})
