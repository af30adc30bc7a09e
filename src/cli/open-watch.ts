// How many things of a kind are open for each connector, asked of the log every so often.

import type { Gauge } from 'prom-client'
import type { Connector } from '../core/connector.ts'
import type { Clock } from '../pipeline/clock.ts'

export interface OpenWatchOptions {
  readonly book: { refresh(): Promise<void> }
  /** For the connector of this name, as of the book's last refresh. */
  readonly count: (connector: string) => number
  readonly gauge: Pick<Gauge<'connector'>, 'set' | 'remove'>
  readonly clock: Clock
  readonly connectors: readonly Connector[]
}

const EVERY_MS = 2_000

export class OpenWatch {
  readonly #options: OpenWatchOptions

  constructor(options: OpenWatchOptions) {
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
    const { book, count, gauge, connectors } = this.#options
    try {
      await book.refresh()
      for (const { name } of connectors) gauge.set({ connector: name }, count(name))
    } catch {
      for (const { name } of connectors) gauge.remove({ connector: name })
    }
  }
}
