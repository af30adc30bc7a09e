// Whether MySQL has what the connectors read, all of it, before anything moves. Items may lack any attribute.

import { ERRORS } from '../core/errors.ts'
import type { Finding } from '../core/finding.ts'
import { columnFaults } from '../pipeline/column-faults.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { TableColumns } from '../source/source.ts'
import { sourceTables } from './source-tables.ts'

export async function checkColumns(
  source: TableColumns,
  connectors: readonly ReadyConnector[],
): Promise<readonly Finding[]> {
  const tables = await source.columns(sourceTables(connectors, 'mysql'))
  return connectors.flatMap(({ connector }): readonly Finding[] => {
    if (connector.source !== 'mysql') return []
    const check = `columns for ${connector.name}`
    const faults = columnFaults(connector, tables)
    if (faults.length === 0) return [{ check, isOk: true, detail: 'all that it reads are there' }]
    return [{ check, isOk: false, detail: faults.join('\n'), fix: ERRORS.CONNECTOR_COLUMN_MISSING.hint }]
  })
}
