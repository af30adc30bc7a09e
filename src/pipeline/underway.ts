// What is on its way into a sink at once: so many calls at most, and only such as have no lane in common, for the writes of
// a lane keep their order. A lane is told by its number: where two have the same one, a call waits in vain.

interface Call {
  readonly lanes: ReadonlySet<number>
  readonly done: Promise<void>
}

const NO_LANES: ReadonlySet<number> = new Set()

export class Underway {
  readonly #most: number
  readonly #calls = new Set<Call>()
  readonly #failures: unknown[] = []

  constructor(most: number) {
    this.#most = most
  }

  /**
   * Begins once what it must not overtake has ended, and resolves when there is room for another; throws what went wrong. Where
   * one goes at a time nobody asks for its lanes.
   */
  async start(lanesOf: () => ReadonlySet<number>, work: () => Promise<void>): Promise<void> {
    const lanes = this.#most === 1 ? NO_LANES : lanesOf()
    await this.#until(() => [...this.#calls].every((call) => isApart(call.lanes, lanes)))
    const done = work().catch((error: unknown) => void this.#failures.push(error))
    const call = { lanes, done: done.finally(() => void this.#calls.delete(call)) }
    this.#calls.add(call)
    await this.#until(() => this.#calls.size < this.#most)
  }

  /** Resolves when all of it has ended; throws what went wrong. */
  async drained(): Promise<void> {
    await this.#until(() => this.#calls.size === 0)
  }

  /** Resolves when nothing is under way any more, whatever became of it. */
  async ended(): Promise<void> {
    await Promise.all([...this.#calls].map(({ done }) => done))
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (this.#failures.length === 0 && !isSo()) await Promise.race([...this.#calls].map(({ done }) => done))
    if (this.#failures.length > 0) throw this.#failures[0]
  }
}

function isApart(some: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  for (const lane of some) if (others.has(lane)) return false
  return true
}
