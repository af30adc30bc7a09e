// What pages of other sites make a browser ask is refused; what programs ask is not.

import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { Routes } from '../../src/control/control-server.ts'
import type { Token } from '../../src/control/token.ts'
import { controlServer } from '../support/control-server.ts'

const TOKENS: readonly Token[] = [{ name: 'ann', role: 'admin', token: 'token-of-an-admin' }]

const routes: readonly Routes[] = [
  (app) => {
    app.get('/api/things', { config: { role: 'viewer' }, handler: () => [] })
    app.post('/api/things', { config: { role: 'operator' }, handler: () => ({ done: true }) })
  },
]

async function open(options: { tokens?: readonly Token[]; publicUrl?: string } = {}) {
  const server = controlServer({ tokens: options.tokens ?? [], publicUrl: options.publicUrl ?? null, routes })
  const address = await server.listen()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const { port } = new URL(address)
  /** As a browser would: fetch lets nobody say what Host and Origin are. */
  const ask = (method: string, headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; code: string | undefined }>((resolve, reject) => {
      const authorization = options.tokens === undefined ? {} : { authorization: `Bearer ${options.tokens[0]?.token}` }
      const own = { host: `127.0.0.1:${port}` }
      const asked = request(
        { port, path: '/api/things', method, headers: { ...own, ...authorization, ...headers } },
        async (answer) => {
          const text = (await answer.toArray()).join('')
          resolve({ status: answer.statusCode, code: JSON.parse(text).error?.code })
        },
      )
      asked.once('error', reject).end()
    })
  return { ask, port }
}

const refused = { status: 403, code: 'ORIGIN_FOREIGN' }
const answered = { status: 200, code: undefined }

test.each([
  ['with tokens', TOKENS],
  ['without tokens', undefined],
])('%s a page of another site is refused', async (_, tokens) => {
  const { ask, port } = await open(tokens === undefined ? {} : { tokens })
  for (const method of ['GET', 'POST']) {
    expect(await ask(method, { origin: 'https://evil.example' })).toEqual(refused)
    expect(await ask(method, { origin: 'null' })).toEqual(refused)
    expect(await ask(method, { origin: `http://127.0.0.1:${Number(port) + 1}` })).toEqual(refused)
    expect(await ask(method, { origin: `http://127.0.0.1:${port}` })).toEqual(answered)
    expect(await ask(method, {})).toEqual(answered)
  }
  expect(await ask('POST', { 'sec-fetch-site': 'cross-site' })).toEqual(refused)
  expect(await ask('POST', { 'sec-fetch-site': 'same-site' })).toEqual(refused)
  expect(await ask('POST', { 'sec-fetch-site': 'same-origin' })).toEqual(answered)
  // A link that somebody follows.
  expect(await ask('GET', { 'sec-fetch-site': 'cross-site' })).toEqual(answered)
})

test('without tokens a name that somebody else has made point here is refused', async () => {
  const { ask, port } = await open()
  for (const host of ['evil.example', `evil.example:${port}`, '192.168.1.2', '127.0.0.1.evil.example', 'a b'])
    expect(await ask('GET', { host })).toEqual(refused)
  for (const host of ['localhost', `LOCALHOST:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, '127.8.8.8'])
    expect(await ask('GET', { host })).toEqual(answered)
})

test('with tokens any name will do, and its pages', async () => {
  const { ask } = await open({ tokens: TOKENS })
  expect(await ask('POST', { host: 'millrace.internal', origin: 'https://millrace.internal' })).toEqual(answered)
  expect(await ask('POST', { host: 'millrace.internal', origin: 'https://other.internal' })).toEqual(refused)
})

test('behind a proxy that names another host, the address that people come by is own', async () => {
  const { ask } = await open({ publicUrl: 'https://millrace.example.com' })
  expect(await ask('POST', { origin: 'https://millrace.example.com' })).toEqual(answered)
  expect(await ask('POST', { host: 'millrace.example.com' })).toEqual(answered)
  expect(await ask('POST', { origin: 'http://millrace.example.com' })).toEqual(refused)
})
