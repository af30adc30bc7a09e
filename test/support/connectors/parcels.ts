// Two tables as they are: parcels, and notes that know the label of the parcel they are stuck on.

import { defineConnector, type Found, type Settings } from '../../../src/core/connector.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import type { Fields } from '../../../src/core/value.ts'
import type { Write } from '../../../src/core/write.ts'

const parcel = {
  table: 'parcel',
  by: 'id',
  columns: ['id', 'label'],
  value: ({ after }: ChangeEvent) => after?.parcel ?? null,
}

export default defineConnector({
  name: 'parcels',
  source: 'mysql',
  sink: 'dynamodb',
  settings: { TABLE: { about: 'The DynamoDB table.' } },
  targets: ({ TABLE = '' }) => ({ [TABLE]: { key: ['pk', 'sk'], owns: ['label', 'body', 'text'] } }),
  tables: {
    parcel: {
      columns: ['id', 'label', 'body'],
      map: (event, _found, settings) =>
        written(event, settings, { label: event.after?.label ?? null, body: event.after?.body ?? null }),
    },
    note: {
      columns: ['id', 'parcel', 'text'],
      lookups: { parcel },
      map: (event, found, settings) =>
        written(event, settings, { label: labelIn(found), text: event.after?.text ?? null }),
    },
  },
})

function written(event: ChangeEvent, { TABLE = '' }: Settings, fields: Fields): readonly Write[] {
  const key = [event.table, String(event.key.id)] as const
  return event.after === null ? [] : [{ do: 'merge', table: TABLE, key, fields }]
}

function labelIn(found: Found): string | null {
  return (found.one('parcel')?.label as string | undefined) ?? null
}
