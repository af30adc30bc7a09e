// Every row of `letter` counted and its number added up in one item: whether all of them arrived, and each once.

import { defineConnector, type Settings } from '../../../src/core/connector.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import type { Write } from '../../../src/core/write.ts'

export default defineConnector({
  name: 'letters',
  source: 'mysql',
  sink: 'dynamodb',
  settings: { TABLE: { about: 'The DynamoDB table.', default: 'letters' } },
  targets: ({ TABLE = '' }) => ({ [TABLE]: { key: ['pk', 'sk'], owns: ['count', 'numbers', 'characters'] } }),
  tables: { letter: { columns: ['id', 'body'], map } },
})

function map({ after }: ChangeEvent, _found: unknown, { TABLE = '' }: Settings): readonly Write[] {
  if (after === null) return []
  const add = { count: 1, numbers: Number(after.id), characters: String(after.body).length }
  return [{ do: 'count', table: TABLE, key: ['letter', 'ALL'], add }]
}
