// The one table of what is sold, whoever says so: price lists that were imported, and a Square account. Each row says who
// brought it; whoever takes the table back takes their own rows, and the table where there are no others.

import type { Migration } from './connector.ts'
import type { Imported, ImportedField } from './imported.ts'
import { KEPT } from './imported-row.ts'
import { importedColumn, importedTable } from './imported-table.ts'
import { PRICE_LIST } from './price-list.ts'
import { SQUARE_FLOWS } from './square/square-flows.ts'
import { addColumns, hasColumn, onlyWhere } from './upgrade.ts'

const TABLE = 'catalog_items'
const ID = 'id'
const SOURCE = 'source'

const fields: Readonly<Record<string, ImportedField>> = {
  [SOURCE]: { type: 'text', isRequired: true, lengthMax: 100 },
  ...PRICE_LIST.fields,
  ...SQUARE_FLOWS.find(({ table }) => table === TABLE)?.imported.fields,
}
const imported: Imported = { fields, names: [[ID]] }
/** What the key of the table was called when price lists had it alone; a Square account then had one of its own. */
const ID_ONCE = 'item_id'

export const CATALOG_ITEMS = { table: TABLE, id: ID, source: SOURCE, migration, upgrade }

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

/** A table that said of no row whose it is becomes the one that both fill. */
function upgrade(connector: string): Migration {
  const { [SOURCE]: source, ...others } = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, importedColumn(field)]),
  )
  const ofLists = hasColumn(TABLE, ID_ONCE)
  const owned = (by: string) => `UPDATE ${TABLE} SET ${SOURCE} = '${by}' WHERE ${SOURCE} = ''`
  const modified = Object.entries(others).map(([name, column]) => `MODIFY COLUMN \`${name}\` ${column}`)
  return {
    name: `${connector}: ${TABLE} of an earlier version`,
    up: [
      ...addColumns(TABLE, { [SOURCE]: `${source} DEFAULT ''` }),
      ...onlyWhere(ofLists, owned('content')),
      ...onlyWhere(`NOT ${ofLists}`, owned('square')),
      ...onlyWhere(ofLists, `ALTER TABLE ${TABLE} CHANGE COLUMN ${ID_ONCE} ${ID} ${others[ID]}`),
      ...addColumns(TABLE, { ...others, ...KEPT }),
      `ALTER TABLE ${TABLE} ${modified.join(', ')}, ALTER COLUMN ${SOURCE} DROP DEFAULT`,
    ],
    down: [],
  }
}
