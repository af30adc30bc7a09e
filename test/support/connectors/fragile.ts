// A table as it is, and how often it changed, by a mapping that fails over some names until it is mended.

import { defineConnector, type Found, type Settings } from '../../../src/core/connector.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import type { Write } from '../../../src/core/write.ts'

export default defineConnector({
  name: 'fragile',
  source: 'mysql',
  sink: 'dynamodb',
  settings: {
    TABLE: { about: 'The DynamoDB table.' },
    REFUSES: { about: 'What a name must not hold.', default: 'nothing' },
  },
  targets: ({ TABLE = '' }) => ({ [TABLE]: { key: ['pk', 'sk'], owns: ['name', 'amount', 'changes'] } }),
  tables: { stock: { columns: ['id', 'name', 'amount'], map } },
})

function map({ key, after }: ChangeEvent, _found: Found, { TABLE = '', REFUSES = '' }: Settings): readonly Write[] {
  if (after === null) return []
  if (String(after.name).includes(REFUSES)) throw new Error(`no name for ${after.name}`)
  const fields = { name: after.name ?? null, amount: after.amount ?? null }
  return [
    { do: 'merge', table: TABLE, key: ['stock', String(key.id)], fields },
    { do: 'count', table: TABLE, key: ['stock', 'ALL'], add: { changes: 1 } },
  ]
}
