// A connector as it delivers: with the canary's table besides its own. Whatever reads or compares whole tables is given
// the connector without it.

import type { Config } from '../config.ts'
import { CANARY, CANARY_KEY, canaryKeyOf } from '../core/canary.ts'
import type { TableFlow, TargetTable } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import { itemOf } from '../core/item.ts'
import type { ItemKey } from '../core/write.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'

/** As it delivers under these settings. */
export function deliveredOf({ canary }: Pick<Config, 'canary'>, ready: ReadyConnector): ReadyConnector {
  const added = canary ? additionOf(ready) : null
  if (added === null) return ready
  const { connector, targets } = ready
  const tables = { ...connector.tables, [CANARY]: { columns: NONE, map: added.map } }
  return { ...ready, connector: { ...connector, tables }, targets: { ...targets, ...added.targets } }
}

/** The side whose canary it delivers; null where it delivers none. */
export function canaryOf({ connector: { source, sink } }: ReadyConnector): Side | null {
  return source === 'import' || source === sink ? null : source
}

/** Whatever a person makes of the canary's table, no connector stops for it. */
const NONE: readonly string[] = []

interface Addition {
  readonly map: TableFlow['map']
  readonly targets: Readonly<Record<string, TargetTable>>
}

function additionOf(ready: ReadyConnector): Addition | null {
  const side = canaryOf(ready)
  if (side === null) return null
  return side === 'mysql' ? intoItem(ready) : intoRow(ready)
}

/** Into one item of the connector's first table. */
function intoItem({ targets }: ReadyConnector): Addition | null {
  const [first] = Object.entries(targets)
  if (first === undefined) return null
  const [table, target] = first
  const key: ItemKey = target.key.length === 1 ? [CANARY_KEY] : [CANARY_KEY, CANARY_KEY]
  return {
    targets: { [table]: { ...target, owns: [...target.owns, CANARY] } },
    map: ({ after }) => {
      if (after === null) return []
      return [{ do: 'merge', table, key, guard: 'canary', fields: { [CANARY]: String(after.sung_at) } }]
    },
  }
}

/** Into one row of the canary's own table; those of other connectors pass by. */
function intoRow({ connector: { name } }: ReadyConnector): Addition {
  return {
    targets: { [CANARY]: { key: ['id'], owns: ['sung_at'] } },
    map: ({ key, after }) => {
      if (after === null || key.id !== canaryKeyOf(name)) return []
      const sungAt = Number(itemOf(after)?.[CANARY])
      return [{ do: 'merge', table: CANARY, key: [name], fields: { sung_at: sungAt } }]
    },
  }
}
