import { Redis as Client } from 'ioredis'
import { expect, test } from 'vitest'
import { openRedis } from '../../src/stack/redis.ts'

test('a local Redis answers, and has forgotten everything after a restart', async () => {
  await using server = await openRedis()
  const client = new Client(server.url)
  await client.set('key', 'value')
  expect(await client.get('key')).toBe('value')
  await server.stop()
  await server.start()
  expect(await client.get('key')).toBeNull()
  client.disconnect()
})
