// What the picture of the flow is put together of.

import type { Config } from '../config.ts'
import type { Connector } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { Books } from './books.ts'
import type { LagWatch } from './lag-watch.ts'
import type { LogRates } from './log-rates.ts'
import type { Rates } from './rates.ts'

export interface FlowPlace {
  readonly clock: Clock
  readonly log: Config['log']['kind']
  readonly connectors: readonly Connector[]
  /** Their names. */
  readonly sources: ReadonlyMap<Side, string>
  /** In how many slices each is read. */
  readonly slicesOf: Readonly<Record<Side, number>>
  readonly topicsOf: (connector: Connector) => readonly string[]
  readonly lag: LagWatch
  readonly rates: Rates
  readonly logRates: LogRates
  readonly books: Books
}

/** The one source of all that comes from outside. */
export const IMPORTS = 'import'

/** By two clocks: neither is ahead of the other for people. */
export function ageInSeconds(ms: number, nowMs: number): number {
  return Math.round(Math.max(0, nowMs - ms) / 100) / 10
}
