// Orders what has to be written once more because somebody put an older state of it back: the rows that the items stand
// for are copied again, and those that are gone deleted again. Items that follow one another are given to the same run.

import { NO_LIMITS } from '../core/run.ts'
import type { SetBack } from '../source/source.ts'
import type { CopyScope } from './backfill.ts'
import type { ReadyConnector } from './ready-connector.ts'
import { type Run, stateOf } from './run-book.ts'
import type { Grown, RunDesk } from './run-desk.ts'

export interface RepairItemsOptions {
  readonly desk: Pick<RunDesk, 'orderBesides'>
  readonly connectors: readonly ReadyConnector[]
}

const BY = 'an item that was put back to an older state'
/** An order is written anew with each row that is added to it. */
const SCOPES_MAX = 200

export async function repairItems({ desk, connectors }: RepairItemsOptions, items: readonly SetBack[]): Promise<void> {
  for (const ready of connectors) {
    const scopes = scopesOf(ready, items)
    if (scopes.length === 0) continue
    const { name } = ready.connector
    const order = {
      kind: 'backfill',
      connector: name,
      scope: JSON.stringify(scopes),
      limits: NO_LIMITS,
      by: BY,
    } as const
    await desk.orderBesides(order, (runs) => grown(runs, name, scopes))
  }
}

/** The newest of these runs, unless it is full, or a person has to look at it. */
function grown(runs: readonly Run[], connector: string, scopes: readonly CopyScope[]): Grown | null {
  const run = runs.find(({ order }) => order.by === BY && order.kind === 'backfill' && order.connector === connector)
  if (run === undefined || run.order.wanted !== 'running' || stateOf(run) === 'failed') return null
  const known = JSON.parse(run.order.scope) as readonly CopyScope[]
  if (known.length + scopes.length > SCOPES_MAX) return null
  return { run, scope: JSON.stringify([...known, ...scopes]) }
}

function scopesOf({ connector, settings, targets }: ReadyConnector, items: readonly SetBack[]): readonly CopyScope[] {
  if (connector.sink !== 'dynamodb') return []
  const scopes = items.flatMap(({ table, item }) => {
    if (!Object.hasOwn(targets, table)) return []
    return Object.entries(connector.tables).flatMap(([from, { rowOf }]): readonly CopyScope[] => {
      const key = rowOf?.({ ...item, table }, settings) ?? null
      return key === null ? [] : [{ table: from, from: key, to: key, filters: [], orGone: true }]
    })
  })
  return [...new Map(scopes.map((scope) => [`${scope.table} ${String(scope.from)}`, scope])).values()]
}
