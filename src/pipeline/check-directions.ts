// Which way a connector moves changes, and what only works one way.

import type { Connector } from '../core/connector.ts'
import type { ReadyConnector } from './ready-connector.ts'

export function checkDirections(ready: readonly ReadyConnector[]): readonly string[] {
  const connectors = ready.map(({ connector }) => connector)
  return connectors.flatMap((connector) => {
    const faults = [...directionFaults(connector), ...twinFaults(connector, connectors)]
    return faults.map((fault) => `${connector.name}: ${fault}`)
  })
}

function directionFaults({ source, sink, tables, sync }: Connector): readonly string[] {
  if (source === sink) return [`its source and its sink are both ${source}`]
  if (source === 'mysql') return []
  const lookups = Object.entries(tables).flatMap(([table, flow]) => (flow.lookups === undefined ? [] : [table]))
  return [
    ...lookups.map((table) => `it looks rows up for ${table}: rows can be looked up for changes of MySQL only`),
    ...(sync === undefined ? [] : ['it says how venues are synced: venues are rows of MySQL']),
  ]
}

function twinFaults({ name, twin, source }: Connector, connectors: readonly Connector[]): readonly string[] {
  if (twin === undefined) return []
  const other = connectors.find((one) => one.name === twin)
  if (other === undefined) return [`its twin ${twin} is not there`]
  if (other.twin !== name) return [`its twin ${twin} does not name it as its own twin`]
  return other.source === source ? [`its twin ${twin} goes the same way`] : []
}
