// Opens the canary of a side, for the connectors that deliver it.

import type { Config } from '../config.ts'
import type { Side } from '../core/contested.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { Canary } from '../sink/canary.ts'
import { canaryOf } from './delivered-of.ts'
import type { System } from './system.ts'

export interface OpenCanaryOptions {
  readonly system: System
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
}

/** Null where nobody would deliver it, or nobody wants one. */
export async function openCanary(
  { system, config, connectors }: OpenCanaryOptions,
  side: Side,
): Promise<Canary | null> {
  const those = connectors.filter((ready) => canaryOf(ready) === side)
  if (!config.canary || those.length === 0) return null
  const items = those.map(({ connector }) => ({
    connector: connector.name,
    table: Object.keys(connector.tables)[0] ?? '',
  }))
  return system.openCanary(config, { side, items })
}
