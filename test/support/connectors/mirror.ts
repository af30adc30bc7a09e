// A table as it is: every insert, update and delete of `product`, and how many changes there were in all.

import { defineConnector, type Found, type Settings } from '../../../src/core/connector.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import { Exact } from '../../../src/core/value.ts'
import type { Write } from '../../../src/core/write.ts'

const FIELDS = ['name', 'price', 'stock']

export default defineConnector({
  name: 'mirror',
  source: 'mysql',
  sink: 'dynamodb',
  settings: { TABLE: { about: 'The DynamoDB table.', default: 'mirror' } },
  targets: ({ TABLE = '' }) => ({ [TABLE]: { key: ['pk', 'sk'], owns: [...FIELDS, 'changes'] } }),
  tables: { product: { columns: ['id', ...FIELDS], map } },
})

function map(event: ChangeEvent, _found: Found, { TABLE = '' }: Settings): readonly Write[] {
  const at = { table: TABLE, key: ['product', String(event.key.id)] } as const
  const count = { do: 'count', table: TABLE, key: ['product', 'COUNT'], add: { changes: 1 } } as const
  if (event.after === null) {
    return [{ do: 'remove', ...at, how: 'tombstone', fields: FIELDS, deletedAt: event.changedAt.toISOString() }, count]
  }
  const { name = null, price, stock = null } = event.after
  return [{ do: 'merge', ...at, fields: { name, price: new Exact(String(price)), stock } }, count]
}
