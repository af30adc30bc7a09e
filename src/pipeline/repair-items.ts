// Orders what has to be written once more because somebody put an older state of it back: the rows that the items stand
// for are copied again, by one run for each connector that fills the table.

import { NO_LIMITS } from '../core/run.ts'
import type { RowScope, SetBack } from '../source/source.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { RunDesk } from './run-desk.ts'

export interface RepairItemsOptions {
  readonly desk: Pick<RunDesk, 'order'>
  readonly connectors: readonly ReadyConnector[]
}

const BY = 'an item that was put back to an older state'

export async function repairItems({ desk, connectors }: RepairItemsOptions, items: readonly SetBack[]): Promise<void> {
  for (const ready of connectors) {
    const scopes = scopesOf(ready, items)
    if (scopes.length === 0) continue
    const order = { kind: 'backfill', connector: ready.connector.name, scope: JSON.stringify(scopes) } as const
    await desk.order({ ...order, limits: NO_LIMITS, by: BY })
  }
}

function scopesOf({ connector, settings, targets }: ReadyConnector, items: readonly SetBack[]): readonly RowScope[] {
  if (connector.sink !== 'dynamodb') return []
  const scopes = items.flatMap(({ table, item }) => {
    if (!Object.hasOwn(targets, table)) return []
    return Object.entries(connector.tables).flatMap(([from, { rowOf }]): readonly RowScope[] => {
      const key = rowOf?.({ ...item, table }, settings) ?? null
      return key === null ? [] : [{ table: from, from: key, to: key, filters: [] }]
    })
  })
  return [...new Map(scopes.map((scope) => [`${scope.table} ${String(scope.from)}`, scope])).values()]
}
