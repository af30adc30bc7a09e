// Signing in by token, and what the session that begins with it is worth.

import { expect, onTestFinished, test } from 'vitest'
import type { ControlOptions } from '../../src/control/control-server.ts'
import { SESSION_MS } from '../../src/control/session.ts'
import { sessionRoutes } from '../../src/control/session-routes.ts'
import type { Token } from '../../src/control/token.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { controlServer } from '../support/control-server.ts'

const ANN: Token = { name: 'ann.of-shop', role: 'viewer', token: 'viewer-0123456789' }
const BOB: Token = { name: 'bob', role: 'operator', token: 'operator-0123456789' }

interface Opened {
  readonly tokens?: readonly Token[]
  readonly isSecure?: boolean
  readonly aheadMs?: () => number
}

async function open({ tokens = [ANN, BOB], isSecure = false, aheadMs = () => 0 }: Opened = {}) {
  const clock = { ...systemClock, nowMs: () => Date.now() + aheadMs() }
  const options: Partial<ControlOptions> = { tokens, clock, routes: [sessionRoutes({ tokens, clock, isSecure })] }
  const server = controlServer(options)
  const address = await server.listen()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const ask = async (method: string, headers: Record<string, string>, body?: object) => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await fetch(`${address}/api/session`, { method, headers: { ...json, ...headers }, ...content })
    const text = await answer.text()
    return {
      status: answer.status,
      body: text === '' ? null : JSON.parse(text),
      cookie: answer.headers.get('set-cookie'),
      answer,
    }
  }
  return {
    signIn: (token: string) => ask('POST', {}, { token }),
    signOut: (cookie: string) => ask('DELETE', { cookie }),
    who: (headers: Record<string, string>) => ask('GET', headers),
  }
}

const kept = (cookie: string | null) => String(cookie).split(';')[0] ?? ''

test('a token begins a session, and its cookie says who asks', async () => {
  const { signIn, who } = await open()
  const { status, body, cookie } = await signIn(BOB.token)
  expect([status, body]).toEqual([200, { name: 'bob', role: 'operator', by: 'token' }])
  expect(cookie).toMatch(/^millrace_session=[\w.-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/u)
  expect(cookie).not.toContain(BOB.token)
  expect(await who({ cookie: `theme=dark; ${kept(cookie)}` })).toMatchObject({ status: 200, body })
  expect((await who({})).body.error.code).toBe('TOKEN_MISSING')
})

test('the cookie goes by https alone where people come by https', async () => {
  const { signIn } = await open({ isSecure: true })
  expect((await signIn(ANN.token)).cookie).toMatch(/; Secure$/u)
})

test('a session holds in another process and after a restart, until the token is taken back', async () => {
  const cookie = kept((await (await open()).signIn(ANN.token)).cookie)
  expect((await (await open()).who({ cookie })).body).toEqual({ name: ANN.name, role: 'viewer', by: 'token' })
  const renewed = { ...ANN, token: 'another-0123456789' }
  expect((await (await open({ tokens: [renewed, BOB] })).who({ cookie })).status).toBe(401)
  // While one replaces the other, both hold.
  expect((await (await open({ tokens: [renewed, ANN] })).who({ cookie })).status).toBe(200)
  expect((await (await open({ tokens: [{ ...ANN, role: 'admin' }] })).who({ cookie })).body.role).toBe('admin')
})

test('a session ends when its time is over', async () => {
  let aheadMs = 0
  const { signIn, who } = await open({ aheadMs: () => aheadMs })
  const cookie = kept((await signIn(ANN.token)).cookie)
  expect((await who({ cookie })).cookie).toBe(null)
  aheadMs = SESSION_MS - 5_000
  const renewed = await who({ cookie })
  expect(renewed.status).toBe(200)
  aheadMs = SESSION_MS + 1
  expect((await who({ cookie })).status).toBe(401)
  // Whoever was there in its second half has a new one.
  expect((await who({ cookie: kept(renewed.cookie) })).status).toBe(200)
})

test('nobody makes a session of their own, lives longer by it, or becomes somebody else', async () => {
  const { signIn, who } = await open()
  const cookie = kept((await signIn(ANN.token)).cookie)
  const [name = '', text = ''] = cookie.split('=')
  const [until = '', seal = ''] = text.split('.')
  for (const forged of [
    `${Number(until) + 1}.${seal}.${ANN.name}`,
    `${until}.${seal}.bob`,
    `${until}.${'A'.repeat(43)}.${ANN.name}`,
    `${until}.${seal.slice(1)}.${ANN.name}`,
    `${until}..${ANN.name}`,
    '',
    ANN.token,
  ]) {
    expect((await who({ cookie: `${name}=${forged}` })).status).toBe(401)
  }
  // That of another server on the same host does not hide it.
  expect((await who({ cookie: `${name}=${until}.${'A'.repeat(43)}.x; ${cookie}` })).status).toBe(200)
  expect((await who({ cookie, authorization: 'Bearer wrong-0123456789' })).status).toBe(401)
})

test('signing out takes the cookie away', async () => {
  const { signIn, signOut } = await open()
  const { status, cookie } = await signOut(kept((await signIn(ANN.token)).cookie))
  expect([status, cookie]).toEqual([204, 'millrace_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict'])
})

test('a wrong token is refused, and after ten a right one too, for a minute', async () => {
  let aheadMs = 0
  const { signIn, who } = await open({ aheadMs: () => aheadMs })
  const first = await signIn('guess-0123456789')
  expect([first.status, first.body.error.code, first.cookie]).toEqual([401, 'SIGN_IN_REFUSED', null])
  const cookie = kept((await signIn(ANN.token)).cookie)
  for (let tries = 2; tries <= 10; tries++) expect((await signIn('guess-0123456789')).status).toBe(401)
  const limited = await signIn(ANN.token)
  expect([limited.status, limited.body.error.code]).toEqual([429, 'SIGN_IN_LIMITED'])
  expect(limited.answer.headers.get('retry-after')).toBe('60')
  // Who is in already stays in.
  expect((await who({ cookie })).status).toBe(200)
  aheadMs = 61_000
  expect((await signIn(ANN.token)).status).toBe(200)
})

test('without tokens whoever is on this machine is asked for none', async () => {
  const { signIn, who } = await open({ tokens: [] })
  const local = { name: 'local', role: 'admin', by: 'local' }
  expect((await who({})).body).toEqual(local)
  expect(await signIn('whatever')).toMatchObject({ status: 200, body: local, cookie: null })
})
