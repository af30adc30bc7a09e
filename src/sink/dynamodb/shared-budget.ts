// One write budget for all processes: a bucket in Redis that a script fills by Redis's own clock. While Redis does not
// answer, each process goes on alone with the whole budget.

import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type Bucket, LocalBudget, type WriteBudget } from './write-budget.ts'

/** Takes units out of the bucket and answers how many milliseconds to wait; the bucket may be overdrawn. */
const SPEND = `
local perSecond, units = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'level', 'atMs')
local level, atMs = tonumber(held[1]) or perSecond, tonumber(held[2]) or nowMs
level = math.min(perSecond, level + math.max(0, nowMs - atMs) / 1000 * perSecond) - units
redis.call('HSET', KEYS[1], 'level', tostring(level), 'atMs', nowMs)
redis.call('PEXPIRE', KEYS[1], 60000)
return level >= 0 and 0 or math.ceil(-level / perSecond * 1000)
`

const ANSWER_MS_MAX = 250
const CONNECT_MS_MAX = 2_000
const ALONE_MS = 5_000

export interface SharedBudgetOptions extends Bucket {
  readonly redisUrl: string
  /** Processes that name the same budget share it. */
  readonly name: string
}

interface Spender {
  spend(key: string, perSecond: number, units: number): Promise<number>
}

export class SharedBudget implements WriteBudget {
  readonly #redis: Redis & Spender
  readonly #own: LocalBudget
  readonly #key: string
  readonly #perSecond: number
  readonly #now: () => number
  #aloneUntilMs = 0
  /** Settled together with what is taken next, instead of by a request of its own. */
  #unsettled = 0

  private constructor(options: SharedBudgetOptions) {
    this.#own = new LocalBudget(options)
    this.#key = `millrace:budget:${options.name}`
    this.#perSecond = options.unitsPerSecond
    this.#now = options.now ?? Date.now
    const redis = new Redis(options.redisUrl, {
      commandTimeout: ANSWER_MS_MAX,
      connectTimeout: CONNECT_MS_MAX,
      enableOfflineQueue: false,
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      scripts: { spend: { lua: SPEND, numberOfKeys: 1 } },
    })
    // Each failed command says what is wrong; the connection's own complaints would only be an unheard event.
    redis.on('error', () => {})
    this.#redis = redis as Redis & Spender
  }

  static async open(options: SharedBudgetOptions): Promise<SharedBudget> {
    const budget = new SharedBudget(options)
    // When Redis is away now, the client goes on trying in the background.
    await budget.#redis.connect().catch(() => {})
    return budget
  }

  async take(units: number, signal: AbortSignal): Promise<void> {
    const waitMs = await this.#spend(units)
    if (waitMs > 0) await delay(waitMs, undefined, { signal })
  }

  settle(units: number): void {
    this.#unsettled += units
  }

  async close(): Promise<void> {
    this.#redis.disconnect()
  }

  async #spend(units: number): Promise<number> {
    const due = units + this.#unsettled
    this.#unsettled = 0
    if (this.#redis.status !== 'ready' || this.#now() < this.#aloneUntilMs) return this.#own.spend(due)
    try {
      return await this.#redis.spend(this.#key, this.#perSecond, due)
    } catch {
      // Asking again for every request would make each one slow while Redis hangs.
      this.#aloneUntilMs = this.#now() + ALONE_MS
      return this.#own.spend(due)
    }
  }
}
