// Shelves of an application, row by row in MySQL: with a number, a text of some length, and the room that a shelf stands in.

import { defineConnector } from '../../../src/core/connector.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import { itemOf } from '../../../src/core/item.ts'
import type { Write } from '../../../src/core/write.ts'

const FIELDS = ['label', 'amount', 'room']

export default defineConnector({
  name: 'shelves',
  source: 'dynamodb',
  sink: 'mysql',
  targets: () => ({ shelf: { key: ['id'], owns: FIELDS } }),
  tables: { shelves: { columns: FIELDS, map, rowOf: ({ key: [id] }) => [id] } },
})

function map(event: ChangeEvent): readonly Write[] {
  const at = { table: 'shelf', key: [String(event.key.id)] } as const
  const item = itemOf(event.after)
  if (item === null)
    return [{ do: 'remove', ...at, how: 'tombstone', fields: FIELDS, deletedAt: event.changedAt.toISOString() }]
  if (item.label === undefined) throw new TypeError('a shelf needs a label')
  const fields = Object.fromEntries(FIELDS.map((name) => [name, item[name] ?? null]))
  return [{ do: 'merge', ...at, fields }]
}
