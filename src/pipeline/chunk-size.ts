// How many events to work on at once: as many as the target takes in a comfortable time, so that a quick one is used
// fully and a slow one keeps its batches short.

const FIRST = 200
const LEAST = 20
const MOST = 2_000
const COMFORT_MS = 250

export class ChunkSize {
  readonly #most: number
  #size = FIRST

  constructor(most = MOST) {
    this.#most = most
  }

  get events(): number {
    return this.#size
  }

  /** A full chunk took this long; shorter ones say nothing. */
  took(events: number, durationMs: number): void {
    if (events < this.#size && durationMs < COMFORT_MS) return
    const fitting = (events * COMFORT_MS) / Math.max(durationMs, 1)
    const next = Math.min(Math.max(fitting, this.#size / 2), this.#size * 2)
    this.#size = Math.round(Math.min(Math.max(next, LEAST), this.#most))
  }
}
