// How many messages an hour may bring, and what had to be held back for it.

const HOUR_MS = 3_600_000

export class Hourly {
  readonly #most: number
  #sentAtMs: readonly number[] = []
  /** By what names them, their subjects: what waits for long is held back once. */
  readonly #held = new Map<string, string>()

  constructor(most: number) {
    this.#most = most
  }

  hasRoom(nowMs: number): boolean {
    this.#sentAtMs = this.#sentAtMs.filter((atMs) => nowMs - atMs < HOUR_MS)
    return this.#sentAtMs.length < this.#most
  }

  /** Whether that is new. */
  hold(name: string, subject: string): boolean {
    const isNew = !this.#held.has(name)
    this.#held.set(name, subject)
    return isNew
  }

  /** Takes the room of one message; answers what was held back before it, but for itself. */
  take(name: string, nowMs: number): readonly string[] {
    this.#sentAtMs = [...this.#sentAtMs, nowMs]
    this.#held.delete(name)
    const held = [...this.#held.values()]
    this.#held.clear()
    return held
  }
}
