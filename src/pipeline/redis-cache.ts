// The lookup cache that processes share, in Redis. Whatever goes wrong there is a miss: correctness never depends on it.

import { Redis } from 'ioredis'
import { z } from 'zod'
import type { Row, Value } from '../core/value.ts'
import type { CachedRows, SharedCache } from './lookup-cache.ts'

const KEPT_S = 600
const ANSWER_MS = 100
const PREFIX = 'millrace:lookup:'

export class RedisCache implements SharedCache {
  readonly #redis: Redis
  readonly #onFailure: () => void

  /** `onFailure` hears of each request that was not answered. */
  constructor(url: string, onFailure: () => void) {
    this.#onFailure = onFailure
    this.#redis = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: ANSWER_MS,
      retryStrategy: (attempts) => Math.min(attempts * 200, 5_000),
    })
    // Without a listener ioredis would end the process over what is only a miss here.
    this.#redis.on('error', () => undefined)
  }

  async get(keys: readonly string[]): Promise<readonly (CachedRows | null)[]> {
    const texts = await this.#redis.mget(keys.map((key) => PREFIX + key)).catch(() => this.#missed())
    return keys.map((_, index) => parse(texts[index] ?? null))
  }

  put(entries: ReadonlyMap<string, CachedRows>): void {
    const pipeline = this.#redis.pipeline()
    for (const [key, cached] of entries) pipeline.set(PREFIX + key, format(cached), 'EX', KEPT_S)
    pipeline.exec().catch(() => this.#missed())
  }

  #missed(): readonly null[] {
    this.#onFailure()
    return []
  }

  async close(): Promise<void> {
    await this.#redis.quit().catch(() => this.#redis.disconnect())
  }
}

// JSON has no bigint and no bytes: both are tagged.
const Cell = z.union([
  z.null(),
  z.number(),
  z.string(),
  z.object({ n: z.string().regex(/^-?\d+$/u) }).transform(({ n }) => BigInt(n)),
  z.object({ b: z.base64() }).transform(({ b }): Uint8Array => Uint8Array.from(Buffer.from(b, 'base64'))),
])
const Cached = z.object({ asOf: z.string(), rows: z.array(z.record(z.string(), Cell)) })

function format({ asOf, rows }: CachedRows): string {
  const tagged = (row: Row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, tag(value)]))
  return JSON.stringify({ asOf, rows: rows.map(tagged) })
}

function tag(value: Value): unknown {
  if (typeof value === 'bigint') return { n: String(value) }
  return value instanceof Uint8Array ? { b: Buffer.from(value).toString('base64') } : value
}

function parse(text: string | null): CachedRows | null {
  if (text === null) return null
  try {
    return Cached.parse(JSON.parse(text))
  } catch {
    return null
  }
}
