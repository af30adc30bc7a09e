// How the console's page is served, whatever is in it.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { loadConsolePage } from '../../src/control/console-page.ts'
import { consoleRoutes } from '../../src/control/console-routes.ts'
import { controlServer } from '../support/control-server.ts'

const INDEX = '<!doctype html><title>millrace</title>'
const SCRIPT = 'globalThis.answer = 42'

async function built(): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'console'))
  await writeFile(join(folder, 'index.html'), INDEX)
  await writeFile(join(folder, 'console/main-1a2b.js'), SCRIPT)
  await writeFile(join(folder, 'console/main-1a2b.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(folder, 'console/main-1a2b.js.gz'), gzipSync(SCRIPT))
  await writeFile(join(folder, 'console/notes.txt'), 'of the build')
  return pathToFileURL(`${folder}/`)
}

async function open(folder: URL) {
  const server = controlServer({
    tokens: [{ name: 'ann', role: 'viewer', token: 'viewer-0123456789' }],
    routes: [consoleRoutes({ page: await loadConsolePage(folder) })],
  })
  const address = await server.listen()
  onTestFinished(() => server[Symbol.asyncDispose]())
  return (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
      const asked = request(address, { path, headers, method }, async (answer) => {
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(await answer.toArray()) })
      })
      asked.once('error', reject).end()
    })
}

test('the page is for everybody, is asked for anew each time, and runs and asks nothing but this server', async () => {
  const get = await open(await built())
  const { status, headers, body } = await get('/')
  expect([status, body.toString()]).toEqual([200, INDEX])
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  const again = await get('/', { 'if-none-match': String(headers.etag) })
  expect([again.status, again.body.length]).toEqual([304, 0])
  expect(await get('/', {}, 'HEAD')).toMatchObject({ status: 200, body: Buffer.alloc(0) })
})

test('its parts are kept for ever, and come packed to those who can unpack them', async () => {
  const get = await open(await built())
  const path = '/console/main-1a2b.js'
  const plain = await get(path)
  expect([plain.status, plain.body.toString(), plain.headers['content-encoding']]).toEqual([200, SCRIPT, undefined])
  expect(plain.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  })
  const packed = await get(path, { 'accept-encoding': 'gzip, deflate, br' })
  expect([packed.headers['content-encoding'], String(brotliDecompressSync(packed.body))]).toEqual(['br', SCRIPT])
  const coding = async (accepted: string) =>
    (await get(path, { 'accept-encoding': accepted })).headers['content-encoding']
  expect(await coding('gzip')).toBe('gzip')
  expect(await coding('br;q=0, gzip;q=0.5')).toBe('gzip')
  expect(await coding('br; q=1.0, gzip')).toBe('br')
  expect(await coding('deflate, zbr')).toBeUndefined()
})

test('nothing else is to be had: no other files, and none outside', async () => {
  const get = await open(await built())
  for (const path of [
    '/console/none.js',
    '/console/notes.txt',
    '/console/main-1a2b.js.br',
    '/console/..%2findex.html',
    '/console/%2e%2e%2f%2e%2e%2fpackage.json',
    '/index.html',
  ]) {
    const { status, body } = await get(path)
    expect([path, status, JSON.parse(body.toString()).error.code]).toEqual([path, 404, 'ENDPOINT_UNKNOWN'])
  }
})

test('a page that was not built is missed in words', async () => {
  const get = await open(new URL('none/', await built()))
  const { status, body } = await get('/')
  expect([status, JSON.parse(body.toString()).error]).toEqual([
    503,
    {
      code: 'CONSOLE_MISSING',
      message: "the console's page was not built",
      hint: expect.stringContaining('npm run build'),
    },
  ])
})
