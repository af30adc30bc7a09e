// The one table of what is sold, whoever says so: price lists that were imported, and a Square account. Each row says who
// brought it; whoever takes the table back takes their own rows, and the table where there are no others.

import type { Migration } from './connector.ts'
import type { Imported, ImportedField } from './imported.ts'
import { importedTable } from './imported-table.ts'
import { PRICE_LIST } from './price-list.ts'
import { SQUARE_FLOWS } from './square/square-flows.ts'

const TABLE = 'catalog_items'
const ID = 'id'
const SOURCE = 'source'

const fields: Readonly<Record<string, ImportedField>> = {
  [SOURCE]: { type: 'text', isRequired: true, lengthMax: 100 },
  ...PRICE_LIST.fields,
  ...SQUARE_FLOWS.find(({ table }) => table === TABLE)?.imported.fields,
}
const imported: Imported = { fields, names: [[ID]] }

export const CATALOG_ITEMS = { table: TABLE, id: ID, source: SOURCE, migration }

function migration(connector: string): Migration {
  const made = importedTable({ name: TABLE, imported, key: ID })
  const others = `EXISTS (SELECT 1 FROM ${TABLE} WHERE ${SOURCE} <> '${connector}')`
  const own = `'DELETE FROM ${TABLE} WHERE ${SOURCE} = ''${connector}'''`
  return {
    name: `${connector}: ${TABLE}`,
    up: [made],
    down: [
      // It may be gone, where this broke off.
      made,
      `SET @millrace_down = IF(${others}, ${own}, 'DROP TABLE ${TABLE}')`,
      'PREPARE millrace_down FROM @millrace_down',
      'EXECUTE millrace_down',
      'DEALLOCATE PREPARE millrace_down',
    ],
  }
}
