// Which tables of a source the connectors work with.

import type { Side } from '../core/contested.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'

/** Every table whose changes a connector follows. */
export function followedTables(connectors: readonly ReadyConnector[], side: Side): readonly string[] {
  return [...new Set(flowing(connectors, side).flatMap(({ tables }) => Object.keys(tables)))]
}

/** Every table that a connector follows or looks rows up in. */
export function sourceTables(connectors: readonly ReadyConnector[], side: Side): readonly string[] {
  const flows = flowing(connectors, side).flatMap(({ tables }) => Object.values(tables))
  const lookups = flows.flatMap((flow) => Object.values(flow.lookups ?? {}).map((lookup) => lookup.table))
  return [...new Set([...followedTables(connectors, side), ...lookups])]
}

function flowing(connectors: readonly ReadyConnector[], side: Side): readonly ReadyConnector['connector'][] {
  return connectors.flatMap(({ connector }) => (connector.source === side ? [connector] : []))
}
