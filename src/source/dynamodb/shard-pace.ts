// When a shard is read next: at once while it is full, soon while it is busy, seldom when it is idle.

const BUSY_MS = 50
const RECENT_MS = 200
const IDLE_MS = 1_000
const RECENT_FOR_MS = 10_000

export class ShardPace {
  #busyMs = BUSY_MS
  #movedAtMs: number
  #dueMs: number
  #isIdle = false

  constructor(nowMs: number) {
    this.#movedAtMs = nowMs
    this.#dueMs = nowMs
  }

  get dueMs(): number {
    return this.#dueMs
  }

  /** While it is idle: from then on it may be read along with another idle one, so that they come to be read together. */
  get earliestMs(): number {
    return this.#isIdle ? this.#dueMs - IDLE_MS / 2 : this.#dueMs
  }

  took({ startMs, isFull, isBusy }: { startMs: number; isFull: boolean; isBusy: boolean }): void {
    // One that was throttled is read no faster than it bears, until it has shown that it does.
    const leastMs = this.#busyMs > BUSY_MS ? this.#busyMs : 0
    this.#busyMs = Math.max(BUSY_MS, this.#busyMs * 0.9)
    if (isBusy) this.#movedAtMs = startMs
    const isRecent = startMs - this.#movedAtMs < RECENT_FOR_MS
    const waitMs = isFull ? leastMs : isBusy ? this.#busyMs : isRecent ? RECENT_MS : IDLE_MS
    this.#dueMs = startMs + waitMs
    this.#isIdle = !(isFull || isBusy || isRecent)
  }

  throttled(startMs: number): void {
    this.#busyMs = Math.min(IDLE_MS, this.#busyMs * 2)
    this.#dueMs = startMs + 2 * this.#busyMs
    this.#isIdle = false
  }
}
