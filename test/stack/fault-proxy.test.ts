import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultProxy, openFaultProxy } from '../support/fault-proxy.ts'

const echo = createServer((socket) => socket.pipe(socket).on('error', () => {}))
let proxy: FaultProxy

beforeAll(async () => {
  await once(echo.listen(0, '127.0.0.1'), 'listening')
  proxy = await openFaultProxy((echo.address() as { port: number }).port)
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  echo.close()
})

test('a paused proxy holds bytes back and loses none', async () => {
  using client = await dial()
  expect(await said(client, 'one')).toBe('one')
  proxy.pause()
  const answer = said(client, 'two')
  expect(await Promise.race([answer, quiet()])).toBe('quiet')
  proxy.resume()
  expect(await answer).toBe('two')
})

test('a cut resets every connection and welcomes new ones', async () => {
  using client = await dial()
  await said(client, 'x')
  const error = once(client, 'error')
  proxy.cut()
  expect(String(await error)).toContain('ECONNRESET')
  using again = await dial()
  expect(await said(again, 'y')).toBe('y')
})

test('a refusing proxy is as a server that is not there, until it accepts again', async () => {
  await proxy.refuse()
  await expect(dial()).rejects.toThrow(/ECONNREFUSED/u)
  await proxy.accept()
  using client = await dial()
  expect(await said(client, 'back')).toBe('back')
})

test('a delay holds back each way', async () => {
  using client = await dial()
  proxy.delay(60)
  const before = performance.now()
  await said(client, 'late')
  proxy.delay(0)
  expect(performance.now() - before).toBeGreaterThan(110)
})

async function dial(): Promise<Socket & Disposable> {
  const socket = connect(proxy.port, '127.0.0.1')
  await once(socket, 'connect')
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() })
}

async function said(client: Socket, text: string): Promise<string> {
  client.write(text)
  const [data] = await once(client, 'data')
  return String(data)
}

function quiet(): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('quiet'), 100))
}
