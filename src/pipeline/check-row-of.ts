// Whether a connector can be asked which rows the items of its targets stand for, whatever stands there.

import { z } from 'zod'
import type { ItemKey } from '../core/write.ts'
import type { ReadyConnector } from './ready-connector.ts'

const Key = z.array(z.union([z.string(), z.number(), z.bigint(), z.instanceof(Uint8Array)])).min(1)
const STRANGE = 'millrace: an item of somebody else'

export function checkRowOf({ connector, settings, targets }: ReadyConnector): readonly string[] {
  const { name, tables } = connector
  return Object.entries(tables).flatMap(([table, { rowOf }]) => {
    if (rowOf === undefined) return []
    const faults = Object.entries(targets).map(([target, { key }]) => {
      const item = { table: target, key: key.map(() => STRANGE) as unknown as ItemKey, fields: {} }
      return faultOf(() => rowOf(item, settings))
    })
    const fault = faults.find((one) => one !== null)
    return fault == null ? [] : [`${name}: its rowOf of ${table} ${fault}`]
  })
}

function faultOf(ask: () => unknown): string | null {
  try {
    const row = ask()
    if (row === null || Key.safeParse(row).success) return null
    return 'answers neither the values of a key nor null for an item without fields'
  } catch (error) {
    return `fails for an item without fields: ${error instanceof Error ? error.message : String(error)}`
  }
}
