// How many rows to ask for at once: so many that the source answers within a comfortable time, and never so many bytes
// that a page would fill the memory.

const FIRST = 100
const LEAST = 10
const MOST = 5_000
const COMFORT_MS = 50
const BYTES_MAX = 4 * 1024 * 1024

export class PageSize {
  readonly #most: number
  #rows = FIRST

  constructor(most = MOST) {
    this.#most = most
  }

  get rows(): number {
    return this.#rows
  }

  /** A page of so many rows was asked for. */
  took(page: { readonly rows: number; readonly bytes: number; readonly tookMs: number }): void {
    if (page.rows < this.#rows && page.tookMs < COMFORT_MS) return
    const byTime = (page.rows * COMFORT_MS) / Math.max(page.tookMs, 1)
    const byBytes = page.bytes === 0 ? Number.POSITIVE_INFINITY : (page.rows * BYTES_MAX) / page.bytes
    const next = Math.min(byTime, byBytes, this.#rows * 2)
    this.#rows = Math.round(Math.min(Math.max(next, LEAST), this.#most))
  }
}
