// Halls and the tickets for them, from files: a ticket names its hall, and rules say what none may be.

import { defineConnector } from '../../../src/core/connector.ts'
import type { ChangeEvent } from '../../../src/core/event.ts'
import type { Imported } from '../../../src/core/imported.ts'
import { NAME_COLUMN } from '../../../src/core/imported-row.ts'
import { importedTable } from '../../../src/core/imported-table.ts'
import type { Write } from '../../../src/core/write.ts'

const KEY = { type: 'text', lengthMax: 50, isRequired: true } as const
const HALLS: Imported = { fields: { id: KEY, name: { type: 'text', lengthMax: 50 } }, names: [['id']] }
const TICKETS: Imported = {
  fields: { id: KEY, hall: { type: 'text', lengthMax: 50 }, seat: { type: 'integer' } },
  names: [['id']],
}

export default defineConnector({
  name: 'tickets',
  source: 'import',
  sink: 'mysql',
  migrations: Object.entries({ halls: HALLS, tickets: TICKETS }).map(([name, imported]) => ({
    ...{ name: `tickets: ${name}`, up: [importedTable({ name, imported, key: 'id' })] },
    down: [`DROP TABLE IF EXISTS ${name}`],
  })),
  targets: () => ({
    halls: { key: ['id'], owns: ['name'], keepsSeen: true },
    tickets: { key: ['id'], owns: ['hall', 'seat'] },
  }),
  tables: {
    halls: { columns: ['id', 'name'], imported: HALLS, sweep: () => ({ how: 'unseen' }), map: into('halls', ['name']) },
    tickets: {
      columns: ['id', 'hall', 'seat'],
      imported: TICKETS,
      references: { hall: { table: 'halls' } },
      rules: [
        { name: 'seats have numbers', never: 'seat < 1' },
        { name: 'few seats are in the dark', never: 'seat > 100', breakingMax: { share: 0.5 } },
        { name: 'nobody understands this', never: 'no_such_column = 1' },
      ],
      map: into('tickets', ['hall', 'seat']),
    },
  },
})

function into(table: string, fields: readonly string[]): (event: ChangeEvent) => readonly Write[] {
  return ({ key, after }) => {
    const values = Object.fromEntries(fields.map((name) => [name, after?.[name] ?? null]))
    return [{ do: 'merge', table, key: [String(key[NAME_COLUMN])], fields: values }]
  }
}
