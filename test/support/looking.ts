// A clock whose sleeps end when the test says so: a watch looks once for each turn.

import { onTestFinished } from 'vitest'
import type { Watch } from '../../src/cli/watch.ts'
import type { Clock } from '../../src/pipeline/clock.ts'

export class Looking {
  nowMs: number
  readonly clock: Clock
  readonly #ending = new AbortController()
  #asleep = Promise.withResolvers<void>()
  #awake = Promise.withResolvers<void>()

  constructor(nowMs: number) {
    this.nowMs = nowMs
    this.clock = {
      nowMs: () => this.nowMs,
      sleep: async (_, signal) => {
        this.#asleep.resolve()
        const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
        await Promise.race([this.#awake.promise, aborted])
      },
    }
  }

  /** Resolves when it has looked for the first time. */
  async start(watch: Watch): Promise<void> {
    const running = watch.run(this.#ending.signal)
    onTestFinished(async () => {
      this.#ending.abort()
      await running
    })
    await this.#asleep.promise
  }

  /** Resolves when it has looked once more. */
  async again(): Promise<void> {
    const awake = this.#awake
    this.#asleep = Promise.withResolvers()
    this.#awake = Promise.withResolvers()
    awake.resolve()
    await this.#asleep.promise
  }
}
