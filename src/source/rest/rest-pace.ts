// When the next request may be sent: within the budget, and not before the source said that it wants to be asked again.

/** Time, injected so that tests own it. */
export interface RestClock {
  nowMs(): number
  /** Resolves after the delay, or at once when the signal aborts. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

/** Longer than this a source is not believed to mean. */
const WAIT_MS_MAX = 3_600_000

export class RestPace {
  readonly #clock: RestClock
  readonly #intervalMs: number
  #nextMs = 0

  constructor(clock: RestClock, requestsPerSecond: number | null) {
    this.#clock = clock
    this.#intervalMs = requestsPerSecond === null ? 0 : 1_000 / requestsPerSecond
  }

  /** Resolves when it is this request's turn. */
  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs()
    const turnMs = Math.max(nowMs, this.#nextMs)
    this.#nextMs = turnMs + this.#intervalMs
    if (turnMs > nowMs) await this.#clock.sleep(turnMs - nowMs, signal)
    signal.throwIfAborted()
  }

  /** Takes what a header `Retry-After` says, and answers how long that is; null where it says nothing. */
  defer(retryAfter: string | undefined): number | null {
    const nowMs = this.#clock.nowMs()
    const askedMs = retryAfter === undefined ? null : waitMs(retryAfter.trim(), nowMs)
    if (askedMs === null) return null
    const delayMs = Math.min(Math.max(askedMs, 0), WAIT_MS_MAX)
    this.#nextMs = Math.max(this.#nextMs, nowMs + delayMs)
    return delayMs
  }
}

/** Seconds, or a date. */
function waitMs(text: string, nowMs: number): number | null {
  if (/^\d+(\.\d+)?$/u.test(text)) return Number(text) * 1_000
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? null : atMs - nowMs
}
