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

function directionFaults(connector: Connector): readonly string[] {
  const { source, sink, tables, sync } = connector
  if (source === sink) return [`its source and its sink are both ${source}`]
  const faults = importFaults(connector)
  if (source === 'mysql') return faults
  const lookups = Object.entries(tables).flatMap(([table, flow]) => (flow.lookups === undefined ? [] : [table]))
  return [
    ...faults,
    ...lookups.map((table) => `it looks rows up for ${table}: rows can be looked up for changes of MySQL only`),
    ...(sync === undefined ? [] : ['it says how venues are synced: venues are rows of MySQL']),
  ]
}

function importFaults({ source, sink, tables, twin, migrations }: Connector): readonly string[] {
  if (source !== 'import') {
    const strange = Object.entries(tables).flatMap(([table, { imported }]) => (imported === undefined ? [] : [table]))
    return strange.map((table) => `it says what is imported into ${table}, but its source is ${source}`)
  }
  const silent = Object.entries(tables).flatMap(([table, { imported }]) => (imported === undefined ? [table] : []))
  return [
    ...silent.map((table) => `it does not say what a row of ${table} holds: declare \`imported\``),
    ...(sink === 'mysql' ? [] : ['imports go to MySQL, and on to DynamoDB by a connector that follows MySQL']),
    ...(twin === undefined ? [] : ['it has a twin: nothing goes back to where an import comes from']),
    ...(migrations === undefined ? ['it does not bring its tables along: declare `migrations`'] : []),
  ]
}

function twinFaults({ name, twin, source }: Connector, connectors: readonly Connector[]): readonly string[] {
  if (twin === undefined) return []
  const other = connectors.find((one) => one.name === twin)
  if (other === undefined) return [`its twin ${twin} is not there`]
  if (other.twin !== name) return [`its twin ${twin} does not name it as its own twin`]
  return other.source === source ? [`its twin ${twin} goes the same way`] : []
}
