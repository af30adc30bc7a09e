// How many things of a kind are open for each connector, asked of the log every so often.

import type { Gauge } from 'prom-client'
import type { Connector } from '../core/connector.ts'
import type { Clock } from '../pipeline/clock.ts'
import { type Watch, watch } from './watch.ts'

export interface OpenWatchOptions {
  readonly book: { refresh(): Promise<void> }
  /** For the connector of this name, as of the book's last refresh. */
  readonly count: (connector: string) => number
  readonly gauge: Pick<Gauge<'connector'>, 'set' | 'remove'>
  readonly clock: Clock
  readonly connectors: readonly Connector[]
}

const EVERY_MS = 2_000

export function openWatch({ book, count, gauge, clock, connectors }: OpenWatchOptions): Watch {
  const look = async () => {
    await book.refresh()
    for (const { name } of connectors) gauge.set({ connector: name }, count(name))
  }
  const forget = () => {
    for (const { name } of connectors) gauge.remove({ connector: name })
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget })
}
