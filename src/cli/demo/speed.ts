// A growing count as its rate in each of the last seconds.

const SECONDS_KEPT = 60

export class Speed {
  #last = 0
  #lastMs: number
  readonly #rates: number[] = []

  constructor(nowMs: number) {
    this.#lastMs = nowMs
  }

  /** Per second, the newest last. */
  get rates(): readonly number[] {
    return this.#rates
  }

  see(count: number, nowMs: number): void {
    const seconds = (nowMs - this.#lastMs) / 1000
    if (seconds < 1) return
    this.#rates.push((count - this.#last) / seconds)
    if (this.#rates.length > SECONDS_KEPT) this.#rates.shift()
    this.#last = count
    this.#lastMs = nowMs
  }
}
