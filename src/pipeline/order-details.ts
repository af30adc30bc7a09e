// What an order is about, as the record of who did what keeps it: enough to know it by when the run is long forgotten, and
// nothing that is a secret.

import { placeOf } from '../core/import-from.ts'
import type { Order } from '../core/run.ts'
import { syncScope } from '../core/sync.ts'
import { importParts } from './import-scope.ts'
import { ResolveScope } from './resolve.ts'
import { rolledBackBy } from './rollback-scope.ts'
import { verifyScope } from './verify-scope.ts'

export function orderDetails(order: Order): Readonly<Record<string, unknown>> {
  const { kind, connector } = order
  return { kind, connector, ...aboutOf(order) }
}

function aboutOf(order: Order): Readonly<Record<string, unknown>> {
  switch (order.kind) {
    case 'import':
      return { from: importParts(order).map(({ table, from }) => `${table}: ${placeOf(from)}`) }
    case 'rollback':
      return { ...rolledBackBy(order) }
    case 'sync':
      return { ...syncScope(order) }
    case 'verify':
      return pick(verifyScope(order), ['venue', 'repairs'])
    case 'resolve':
      return pick(ResolveScope.parse(JSON.parse(order.scope)), ['id', 'take', 'note'])
    case 'retry':
      return retried(JSON.parse(order.scope) as RetryScope)
    case 'backfill':
    case 'replay':
    case 'repair':
      return {}
  }
}

interface RetryScope {
  readonly ids?: readonly string[]
  readonly table?: string
  readonly reason?: string
}

function retried({ ids, ...which }: RetryScope): Readonly<Record<string, unknown>> {
  return { ...which, ...(ids && { letters: ids.length }) }
}

function pick<Of extends object, Name extends keyof Of>(of: Of, names: readonly Name[]): Pick<Of, Name> {
  return Object.fromEntries(names.map((name) => [name, of[name]])) as Pick<Of, Name>
}
