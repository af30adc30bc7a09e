// A connector as it delivers: with the canary's table besides its own. Whatever reads or compares whole tables is given
// the connector without it.

import type { Config } from '../config.ts'
import { CANARY, CANARY_KEY } from '../core/canary.ts'
import type { TableFlow } from '../core/connector.ts'
import type { ItemKey } from '../core/write.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'

/** As it delivers under these settings. */
export function deliveredOf({ canary }: Pick<Config, 'canary'>, ready: ReadyConnector): ReadyConnector {
  return canary ? withCanary(ready) : ready
}

function withCanary(ready: ReadyConnector): ReadyConnector {
  const { connector, targets } = ready
  const [first] = Object.entries(targets)
  if (!hasCanary(ready) || first === undefined) return ready
  const [table, target] = first
  const key: ItemKey = target.key.length === 1 ? [CANARY_KEY] : [CANARY_KEY, CANARY_KEY]
  const flow: TableFlow = {
    // Whatever a person makes of the table, no connector stops for it.
    columns: [],
    map: ({ after }) => {
      if (after === null) return []
      return [{ do: 'merge', table, key, guard: 'canary', fields: { [CANARY]: String(after.sung_at) } }]
    },
  }
  return {
    ...ready,
    connector: { ...connector, tables: { ...connector.tables, [CANARY]: flow } },
    targets: { ...targets, [table]: { ...target, owns: [...target.owns, CANARY] } },
  }
}

export function hasCanary({ connector: { source, sink } }: ReadyConnector): boolean {
  return source === 'mysql' && sink === 'dynamodb'
}
