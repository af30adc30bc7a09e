// Requests go to the public internet alone, redirected or not, but for hosts that are named.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkedLookup, isSpecialAddress } from '../../../src/source/rest/address-check.ts'
import { apiSource, failureOf, idsOf, readAll } from '../../support/api-source.ts'
import { type Asked, ScriptedApi } from '../../support/scripted-api.ts'

let api: ScriptedApi
beforeEach(async () => {
  api = await ScriptedApi.open(() => ({ body: [{ id: 1 }] }))
})
afterEach(() => api[Symbol.asyncDispose]())

describe('redirects', () => {
  test('are followed, and asked in the same way', async () => {
    api.answer = ({ url, body }) =>
      url.pathname === '/b' ? { body: [{ id: body === null ? 1 : 2 }] } : { status: 308, headers: { location: 'b' } }
    expect(idsOf((await readAll(() => apiSource({ url: `${api.url}/a` }))).events)).toEqual([1])
    expect(idsOf((await readAll(() => apiSource({ url: `${api.url}/a`, method: 'POST' }))).events)).toEqual([2])
  })

  test.each([
    ['in a circle', ({ url }: Asked) => (url.pathname === '/a' ? '/b' : '/a'), {}, /leads back to where it came from/u],
    ['without end', ({ url }: Asked) => `${url.pathname}x`, {}, /one more than the 5 that are allowed/u],
    ['that make a GET of a POST', () => '/b', { method: 'POST' as const }, /would make a GET of a POST/u],
  ])('%s are refused', async (_name, location, spec, says) => {
    api.answer = (asked) => ({ status: 302, headers: { location: location(asked) } })
    const error = await failureOf({ url: `${api.url}/a`, ...spec })
    expect(error).toMatchObject({ code: 'IMPORT_REQUEST_REFUSED', message: expect.stringMatching(says) })
  })
})

describe('addresses that are not of the public internet', () => {
  test.each([
    ...[
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '127.9.9.9',
      '169.254.169.254',
      '172.31.255.255',
      '192.168.1.1',
    ],
    ...['192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8'],
    ...['fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '64:ff9b::7f00:1', '2001:db8::1', '2002:7f00:1::', 'fec0::1'],
  ])('%s is one', (address) => {
    expect(isSpecialAddress(address)).toBe(true)
  })

  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is none',
    (address) => {
      expect(isSpecialAddress(address)).toBe(false)
    },
  )

  test.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0'])(
    '%s is refused',
    async (host) => {
      const url = `http://${host}:${new URL(api.url).port}`
      expect(await failureOf({ url }, { privateHosts: [] })).toMatchObject({
        code: 'IMPORT_ADDRESS_REFUSED',
        fate: 'stop',
      })
      expect(api.asked).toHaveLength(0)
    },
  )

  test('are refused behind a name, be it one of several', async () => {
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['::1']]) {
      const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
      const more: Parameters<typeof apiSource>[1] = {
        privateHosts: [],
        resolve: (_host, _options, done) => done(null, found),
      }
      const error = await failureOf({ url: `http://shop.example.com:${new URL(api.url).port}` }, more)
      expect(error).toMatchObject({
        code: 'IMPORT_ADDRESS_REFUSED',
        message: expect.stringContaining('shop.example.com leads to'),
      })
    }
    expect(api.asked).toHaveLength(0)
  })

  test('a name is resolved once for each connection, to what was checked', () => {
    const answers = ['8.8.8.8', '127.0.0.1']
    const lookup = checkedLookup((_host, _options, done) => done(null, [{ address: answers.shift()!, family: 4 }]))
    const seen: unknown[] = []
    lookup('shop.example.com', {}, (error, address) => seen.push(error?.message ?? address))
    lookup('shop.example.com', { all: true }, (error, address) => seen.push(error?.message ?? address))
    expect(seen).toEqual(['8.8.8.8', expect.stringContaining('127.0.0.1')])
  })

  test('are refused behind a redirect, and as a next page', async () => {
    await using other = await ScriptedApi.open()
    const more = { privateHosts: [new URL(api.url).host] }
    api.answer = () => ({ status: 302, headers: { location: other.url } })
    expect(await failureOf({ url: api.url }, more)).toMatchObject({ code: 'IMPORT_ADDRESS_REFUSED' })
    api.answer = () => ({ body: { list: [{ id: 1 }], next: other.url } })
    const next = { items: 'list', pagination: { type: 'next', from: 'next' } } as const
    expect(await failureOf({ url: api.url, ...next }, more)).toMatchObject({ code: 'IMPORT_ADDRESS_REFUSED' })
    api.answer = () => ({ status: 302, headers: { location: 'file:///etc/passwd' } })
    expect(await failureOf({ url: api.url }, more)).toMatchObject({ code: 'IMPORT_ADDRESS_REFUSED' })
    expect(other.asked).toHaveLength(0)
  })
})
