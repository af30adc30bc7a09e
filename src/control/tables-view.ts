// How far imported tables have come, as people see it.

import { importedTables } from '../pipeline/import-scope.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { type Run, stateOf } from '../pipeline/run-book.ts'

export function tablesView(connectors: readonly ReadyConnector[], runs: readonly Run[]) {
  const importing = connectors.filter(({ connector }) => connector.source === 'import')
  return importing.flatMap(({ connector }) =>
    Object.keys(connector.tables).map((table) => {
      const own = runs.filter(
        ({ order }) =>
          order.kind === 'import' && order.connector === connector.name && importedTables(order).includes(table),
      )
      const done = own.find((run) => stateOf(run) === 'done')
      const [last] = own
      return {
        connector: connector.name,
        table,
        last_sync_at: done === undefined ? null : new Date(done.order.orderedAtMs).toISOString(),
        last_run:
          last === undefined ? null : { id: last.order.id, state: stateOf(last), error: last.progress?.fault ?? null },
      }
    }),
  )
}
