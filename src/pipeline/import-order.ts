// A request for an import as the order it becomes.

import type { TableFlow } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import type { ImportFrom } from '../core/import-from.ts'
import { nearest } from '../core/nearest.ts'
import { NO_LIMITS, type Order } from '../core/run.ts'
import type { ImportScope } from './import-scope.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { Run } from './run-book.ts'
import type { OrderGiven } from './run-desk.ts'

export interface ImportWanted {
  /** Left out: the one that has the table. */
  readonly connector?: string | undefined
  readonly table: string
  readonly from: ImportFrom
  /** Also what is known to say the same as last time is read. */
  readonly isForced?: boolean | undefined
}

export function importOrder(connectors: readonly ReadyConnector[], wanted: ImportWanted): Omit<OrderGiven, 'by'> {
  const { table, from, isForced } = wanted
  const importing = connectors.filter(({ connector }) => connector.source === 'import')
  const named = importing.filter(
    ({ connector: { name } }) => wanted.connector === undefined || name === wanted.connector,
  )
  const owners = named.filter(({ connector }) => table in connector.tables)
  const found = owners.find(({ connector }) => isFrom(connector.tables[table], from))
  if (found === undefined) {
    const [owner] = owners
    const what =
      owner === undefined
        ? `nothing is imported into ${table}: ${meant(table, importing)}`
        : `${table} is filled by ${owner.connector.name}, and from no ${from.kind}`
    throw new MillraceError('IMPORT_INVALID', what)
  }
  const scope: ImportScope = { imports: [{ table, from }], ...(isForced && { isForced }) }
  return { kind: 'import', connector: found.connector.name, scope: JSON.stringify(scope), limits: NO_LIMITS }
}

function isFrom(flow: TableFlow | undefined, { kind }: ImportFrom): boolean {
  const { importedFrom } = flow ?? {}
  return importedFrom === undefined ? kind !== 'square' : importedFrom.includes(kind)
}

function meant(table: string, importing: readonly ReadyConnector[]): string {
  const tables = importing.flatMap(({ connector }) => Object.keys(connector.tables))
  if (tables.length === 0) return 'MILLRACE_CONNECTORS names no connector that imports'
  const near = nearest(table, tables)
  return near === null ? `there are ${tables.join(', ')}` : `did you mean ${near}?`
}

/** The run that is under way for the same. */
export function sameImport(given: Omit<OrderGiven, 'by'>): (runs: readonly Run[]) => Run | null {
  return (runs) => runs.find(({ order }) => isSameImport(given, order)) ?? null
}

export function isSameImport(given: Omit<OrderGiven, 'by'>, { kind, connector, scope }: Order): boolean {
  return kind === 'import' && connector === given.connector && scope === given.scope
}
