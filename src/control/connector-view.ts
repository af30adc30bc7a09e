// A connector as people see it: what it brings from where to where, and what runs of it may be narrowed down by.

import { z } from 'zod'
import type { TableFlow } from '../core/connector.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'

const IMPORTED_FROM = ['csv', 'api', 'square'] as const

const TableView = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  /** What a scope may say of it: `venue`, `changed_since`, and these columns in `where`. */
  by_venue: z.boolean(),
  by_change: z.boolean(),
  where: z.array(z.string()),
  /** Where its rows may be imported from; none where they are followed. */
  imported_from: z.array(z.enum(IMPORTED_FROM)),
})

export const ConnectorView = z.object({
  name: z.string(),
  source: z.enum(['mysql', 'dynamodb', 'import']),
  sink: z.enum(['mysql', 'dynamodb']),
  /** The one that carries changes the other way. */
  twin: z.string().nullable(),
  syncs_venues: z.boolean(),
  /** A replay may go into another table than the one in use. */
  replays_into: z.boolean(),
  tables: z.array(TableView),
  targets: z.array(z.object({ name: z.string(), key: z.array(z.string()), owns: z.array(z.string()) })),
})
export type ConnectorView = z.infer<typeof ConnectorView>

export function connectorView({ connector, targets }: ReadyConnector): ConnectorView {
  const { name, source, sink, twin = null, sync, tables } = connector
  const owned = Object.entries(targets)
  return {
    ...{ name, source, sink, twin, syncs_venues: sync !== undefined },
    replays_into: owned.length === 1,
    tables: Object.entries(tables).map(([table, flow]) => tableView(table, flow, source === 'import')),
    targets: owned.map(([table, { key, owns }]) => ({ name: table, key: [...key], owns: [...owns] })),
  }
}

function tableView(name: string, flow: TableFlow, isImported: boolean): ConnectorView['tables'][number] {
  const { venue, changedAt, where = [] } = flow.narrow ?? {}
  return {
    ...{ name, columns: [...flow.columns], where: [...where] },
    ...{ by_venue: venue !== undefined, by_change: changedAt !== undefined },
    imported_from: isImported ? [...(flow.importedFrom ?? IMPORTED_FROM)] : [],
  }
}
