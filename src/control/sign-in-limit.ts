// How often somebody may fail to sign in: a few times a minute from one address. Whoever tries on is refused unheard.

const FAILURES_MAX = 10
const WITHIN_MS = 60_000
const ADDRESSES_MAX = 10_000

export class SignInLimit {
  /** How long a failure counts. */
  readonly withinS = WITHIN_MS / 1_000
  readonly #nowMs: () => number
  /** When each address failed of late; the one that failed longest ago comes first. */
  readonly #failures = new Map<string, readonly number[]>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  isReached(address: string): boolean {
    return this.#recent(address).length >= FAILURES_MAX
  }

  failed(address: string): void {
    const failures = [...this.#recent(address), this.#nowMs()]
    this.#failures.delete(address)
    this.#failures.set(address, failures)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > ADDRESSES_MAX && oldest !== undefined) this.#failures.delete(oldest)
  }

  #recent(address: string): readonly number[] {
    const fromMs = this.#nowMs() - WITHIN_MS
    return (this.#failures.get(address) ?? []).filter((ms) => ms > fromMs)
  }
}
