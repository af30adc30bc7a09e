// How many conflicts wait for a person, asked of the log every so often.

import type { Connector } from '../core/connector.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { ConflictBook } from '../pipeline/conflict-book.ts'

export interface ConflictWatchOptions {
  readonly conflicts: ConflictBook
  readonly metrics: Metrics
  readonly clock: Clock
  readonly connectors: readonly Connector[]
}

const EVERY_MS = 2_000

export class ConflictWatch {
  readonly #options: ConflictWatchOptions

  constructor(options: ConflictWatchOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look()
      await this.#options.clock.sleep(EVERY_MS, signal)
    }
  }

  /** Whatever keeps the log from answering is the parts' to report; here it only means that nobody knows. */
  async #look(): Promise<void> {
    const { conflicts, metrics, connectors } = this.#options
    try {
      await conflicts.refresh()
      for (const { name } of connectors) metrics.conflictsOpen.set({ connector: name }, conflicts.openFor(name))
    } catch {
      for (const { name } of connectors) metrics.conflictsOpen.remove({ connector: name })
    }
  }
}
