// Halls and their seats, from files: a seat names its hall, and no check of it ever fails by itself.

import { defineConnector } from '../../../src/core/connector.ts'
import type { Imported } from '../../../src/core/imported.ts'
import { NAME_COLUMN } from '../../../src/core/imported-row.ts'
import { importedTable } from '../../../src/core/imported-table.ts'

const TEXT = { type: 'text', lengthMax: 50 } as const
const fields = { halls: 'name', seats: 'hall' } as const
const imported = (field: string): Imported => ({ fields: { id: TEXT, [field]: TEXT }, names: [['id']] })

export default defineConnector({
  name: 'seats',
  source: 'import',
  sink: 'mysql',
  migrations: Object.entries(fields).map(([name, field]) => ({
    name: `seats: ${name}`,
    up: [importedTable({ name, imported: imported(field), key: 'id' })],
    down: [`DROP TABLE IF EXISTS ${name}`],
  })),
  targets: () => ({ halls: { key: ['id'], owns: ['name'] }, seats: { key: ['id'], owns: ['hall'] } }),
  tables: Object.fromEntries(
    Object.entries(fields).map(([table, field]) => [
      table,
      {
        columns: ['id', field],
        imported: imported(field),
        references: table === 'seats' ? { hall: { table: 'halls' } } : {},
        map: ({ key, after }) => {
          const values = { [field]: after?.[field] ?? null }
          return [{ do: 'merge', table, key: [String(key[NAME_COLUMN])], fields: values }]
        },
      },
    ]),
  ),
})
