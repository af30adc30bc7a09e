// A request for what an account holds, all of it or what has changed, as the order it becomes.

import { MillraceError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { NO_LIMITS } from '../core/run.ts'
import { SQUARE_FLOWS, SQUARE_SCHEDULE } from '../core/square/square-flows.ts'
import type { ImportScope } from './import-scope.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { OrderGiven } from './run-desk.ts'

export interface AccountWanted {
  readonly isFoundation: boolean
  /** As the schedule names them; null for all. */
  readonly dataTypes: readonly string[] | null
}

const CONNECTOR = 'square'

export function accountOrder(
  connectors: readonly ReadyConnector[],
  { isFoundation, dataTypes }: AccountWanted,
): Omit<OrderGiven, 'by'> {
  if (!connectors.some(({ connector }) => connector.name === CONNECTOR)) {
    throw new MillraceError('IMPORT_INVALID', `MILLRACE_CONNECTORS does not name ${CONNECTOR}`)
  }
  const tables = new Set((dataTypes ?? SQUARE_SCHEDULE.map(({ dataType }) => dataType)).flatMap(tablesOf))
  // In the order in which they refer to each other.
  const inOrder = SQUARE_FLOWS.flatMap(({ table }) => (tables.has(table) ? [table] : []))
  const scope: ImportScope = { imports: inOrder.map((table) => ({ table, from: { kind: 'square', isFoundation } })) }
  return { kind: 'import', connector: CONNECTOR, scope: JSON.stringify(scope), limits: NO_LIMITS }
}

function tablesOf(dataType: string): readonly string[] {
  const found = SQUARE_SCHEDULE.find((line) => line.dataType === dataType)
  if (found !== undefined) return found.tables
  const names = SQUARE_SCHEDULE.map((line) => line.dataType)
  const near = nearest(dataType, names)
  const hint = near === null ? `there are ${names.join(', ')}` : `did you mean ${near}?`
  throw new MillraceError('IMPORT_INVALID', `there is no data type ${dataType}: ${hint}`)
}
