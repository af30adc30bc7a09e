// How many gaps are open for each connector, asked of the log every so often.

import type { Connector } from '../core/connector.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { GapBook } from '../pipeline/gap-book.ts'

export interface GapWatchOptions {
  readonly gaps: GapBook
  readonly metrics: Metrics
  readonly clock: Clock
  readonly connectors: readonly Connector[]
}

const EVERY_MS = 2_000

export class GapWatch {
  readonly #options: GapWatchOptions

  constructor(options: GapWatchOptions) {
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
    const { gaps, metrics, connectors } = this.#options
    try {
      await gaps.refresh()
      for (const { name } of connectors) metrics.gapsOpen.set({ connector: name }, gaps.open(name).length)
    } catch {
      for (const { name } of connectors) metrics.gapsOpen.remove({ connector: name })
    }
  }
}
