import { createServer, type Server, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CachedRows } from '../../src/pipeline/lookup-cache.ts'
import { RedisCache } from '../../src/pipeline/redis-cache.ts'
import { freePort } from '../../src/stack/free-port.ts'
import { freshName } from '../support/fresh-name.ts'
import { sharedRedis } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

let url: string
const open: RedisCache[] = []

beforeAll(async () => {
  url = (await sharedRedis()).url
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((cache) => cache.close()))
})

function cache(at = url, onFailure = () => {}): RedisCache {
  const one = new RedisCache(at, onFailure)
  open.push(one)
  return one
}

/** Both connect in their own time, and until then they know nothing. */
async function shared(entries: ReadonlyMap<string, CachedRows>, keys: readonly string[]) {
  const [writer, reader] = [cache(), cache()]
  return until(
    async () => {
      writer.put(entries)
      const found = await reader.get(keys)
      return found.some((one) => one !== null) ? found : null
    },
    { what: 'the other process finds it' },
  )
}

describe('the lookup cache in Redis', () => {
  test('gives another process the same rows, every kind of value exactly', async () => {
    const key = freshName('key')
    const row = { n: null, i: -5, d: 0.1, big: 18446744073709551615n, text: 'naïve 🍜', bytes: Uint8Array.of(0, 255) }
    const cached = { asOf: '00a', rows: [row, {}] }
    expect(await shared(new Map([[key, cached]]), [freshName('absent'), key])).toEqual([null, cached])
  })

  test('takes what it cannot read for a miss', async () => {
    const good = freshName('key')
    const bad = freshName('key')
    const other = new Redis(url)
    await other.set(`millrace:lookup:${bad}`, '{"asOf":5,"rows":"no"}')
    await other.quit()
    expect(await shared(new Map([[good, { asOf: '1', rows: [] }]]), [good, bad])).toEqual([
      { asOf: '1', rows: [] },
      null,
    ])
  })

  describe('never fails', () => {
    let deaf: Server
    const sockets = new Set<Socket>()

    beforeAll(async () => {
      deaf = createServer((socket) => sockets.add(socket)).listen(await freePort(), '127.0.0.1')
    })
    afterAll(() => {
      for (const socket of sockets) socket.destroy()
      deaf.close()
    })

    test.each([
      ['where nobody listens', async () => `redis://127.0.0.1:${await freePort()}`],
      ['where nobody answers', async () => `redis://127.0.0.1:${(deaf.address() as { port: number }).port}`],
      ['with a wrong password', async () => url.replace('redis://', 'redis://:wrong@')],
    ])('%s: everything is a miss, soon', async (_name, address) => {
      const one = cache(await address())
      one.put(new Map([['k', { asOf: '1', rows: [] }]]))
      const startMs = performance.now()
      expect(await one.get(['k', 'l'])).toEqual([null, null])
      expect(performance.now() - startMs).toBeLessThan(1_000)
    })
  })
})
