// How many write units a second may be spent. Only speed depends on it, never what is written.

import { setTimeout as delay } from 'node:timers/promises'

export interface WriteBudget {
  /** Resolves when this many write units may be spent. */
  take(units: number, signal: AbortSignal): Promise<void>
  /** What a request really cost beyond what was taken for it; negative when it cost less. */
  settle(units: number): void
}

export interface Bucket {
  readonly unitsPerSecond: number
  readonly now?: () => number
}

/**
 * The budget of one process: a bucket that refills steadily and holds at most one second's worth. It may be overdrawn,
 * so that a request larger than the bucket is not refused; who comes next waits until the debt is paid.
 */
export class LocalBudget implements WriteBudget {
  readonly #perSecond: number
  readonly #now: () => number
  #level: number
  #filledAtMs: number

  constructor({ unitsPerSecond, now = Date.now }: Bucket) {
    this.#perSecond = unitsPerSecond
    this.#now = now
    this.#level = unitsPerSecond
    this.#filledAtMs = now()
  }

  async take(units: number, signal: AbortSignal): Promise<void> {
    const waitMs = this.spend(units)
    if (waitMs > 0) await delay(waitMs, undefined, { signal })
  }

  settle(units: number): void {
    this.#fill()
    this.#level -= units
  }

  /** Takes the units and says how long to wait before they may be used. */
  spend(units: number): number {
    this.#fill()
    this.#level -= units
    return this.#level >= 0 ? 0 : (-this.#level / this.#perSecond) * 1000
  }

  #fill(): void {
    const nowMs = this.#now()
    // A clock that was set back refills nothing, and takes nothing away.
    const passedMs = Math.max(0, nowMs - this.#filledAtMs)
    this.#filledAtMs = nowMs
    this.#level = Math.min(this.#perSecond, this.#level + (passedMs / 1000) * this.#perSecond)
  }
}
