// Whether the Redis that processes share answers. Nothing is lost without it, but it was configured.

import { Redis } from 'ioredis'
import type { Finding } from '../core/finding.ts'

const ANSWER_MS = 2_000

export async function checkRedis(url: string): Promise<Finding> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: ANSWER_MS, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
    return { check: 'Redis', isOk: true, detail: 'answers' }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { check: 'Redis', isOk: false, detail, fix: 'Start the server in MILLRACE_REDIS_URL, or leave it out.' }
  } finally {
    redis.disconnect()
  }
}
