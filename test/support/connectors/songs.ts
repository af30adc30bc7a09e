// Imported content as items of DynamoDB: what an import brings into MySQL goes on by the forward flow.

import { defineConnector, type Settings } from '../../../src/core/connector.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import type { Write } from '../../../src/core/write.ts'

export default defineConnector({
  name: 'songs',
  source: 'mysql',
  sink: 'dynamodb',
  settings: { TABLE: { about: 'The DynamoDB table.', default: 'songs' } },
  targets: ({ TABLE = '' }) => ({ [TABLE]: { key: ['id'], owns: ['title', 'artist'] } }),
  tables: { content_index: { columns: ['content_id', 'title', 'artist'], map } },
})

function map({ key, after, changedAt }: ChangeEvent, _found: unknown, { TABLE = '' }: Settings): readonly Write[] {
  const at = { table: TABLE, key: [String(key.content_id)] } as const
  if (after === null) {
    return [{ do: 'remove', ...at, how: 'tombstone', fields: ['title', 'artist'], deletedAt: changedAt.toISOString() }]
  }
  return [{ do: 'merge', ...at, fields: { title: after.title ?? null, artist: after.artist ?? null } }]
}
