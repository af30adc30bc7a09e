// How many requests are in flight: halved when DynamoDB throttles, growing slowly while it does not. First come, first
// served, so that no request starves.

const SHRINK_MS_MIN = 100

export interface PaceOptions {
  readonly inFlightMax: number
  readonly now: () => number
}

interface Waiter {
  readonly weight: number
  readonly go: () => void
}

export class Pace {
  readonly #max: number
  readonly #now: () => number
  readonly #waiters: Waiter[] = []
  #limit: number
  #inFlight = 0
  #shrunkAtMs = Number.NEGATIVE_INFINITY

  constructor({ inFlightMax, now }: PaceOptions) {
    this.#max = inFlightMax
    this.#limit = inFlightMax
    this.#now = now
  }

  get limit(): number {
    return this.#limit
  }

  /** Resolves when there is room; whoever enters must leave. */
  async enter(weight: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#waiters.length === 0 && this.#hasRoom(weight)) {
      this.#inFlight += weight
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { weight, go: resolve }
    const onAbort = () => {
      const index = this.#waiters.indexOf(waiter)
      if (index < 0) return
      this.#waiters.splice(index, 1)
      reject(signal.reason)
      this.#admit()
    }
    this.#waiters.push(waiter)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  leave(weight: number): void {
    this.#inFlight -= weight
    this.#admit()
  }

  throttled(): void {
    // All requests in flight are throttled together: that is one sign, not many.
    if (this.#now() - this.#shrunkAtMs < SHRINK_MS_MIN) return
    this.#shrunkAtMs = this.#now()
    this.#limit = Math.max(1, this.#limit / 2)
  }

  succeeded(weight: number): void {
    this.#limit = Math.min(this.#max, this.#limit + weight / this.#limit)
  }

  /** One request always has room, however heavy it is. */
  #hasRoom(weight: number): boolean {
    return this.#inFlight === 0 || this.#inFlight + weight <= this.#limit
  }

  #admit(): void {
    for (let next = this.#waiters[0]; next !== undefined && this.#hasRoom(next.weight); next = this.#waiters[0]) {
      this.#waiters.shift()
      this.#inFlight += next.weight
      next.go()
    }
  }
}
