// A table for imported rows, as a statement that makes it.

import type { Imported, ImportedField } from './imported.ts'
import { KEPT_COLUMNS } from './imported-row.ts'

export interface ImportedTable {
  readonly name: string
  readonly imported: Imported
  /** Its primary key: a field, or a column of its own as it is declared here. */
  readonly key: string | { readonly name: string; readonly type: string }
}

/** Longer texts are no part of the row itself. */
const SHORT_MAX = 1_000
const TEXT_MAX = 16_383

export function importedTable({ name, imported, key }: ImportedTable): string {
  const own = typeof key === 'string' ? [] : [`${quoted(key.name)} ${key.type} NOT NULL`]
  const fields = Object.entries(imported.fields).map(([field, spec]) => `${quoted(field)} ${importedColumn(spec)}`)
  const primary = `PRIMARY KEY (${quoted(typeof key === 'string' ? key : key.name)})`
  const lines = [...own, ...fields, KEPT_COLUMNS, primary]
  return `CREATE TABLE IF NOT EXISTS ${quoted(name)} (\n  ${lines.join(',\n  ')}\n) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`
}

export function importedColumn(field: ImportedField): string {
  return `${typeOf(field)}${field.isRequired ? ' NOT NULL' : ''}`
}

function typeOf({ type, lengthMax = TEXT_MAX, scale = 0 }: ImportedField): string {
  switch (type) {
    case 'text':
      if (lengthMax <= SHORT_MAX) return `VARCHAR(${lengthMax}) COLLATE utf8mb4_bin`
      return lengthMax <= TEXT_MAX ? 'TEXT' : 'MEDIUMTEXT'
    case 'integer':
      return 'BIGINT'
    case 'decimal':
      return `DECIMAL(${Math.min(65, 20 + scale)},${scale})`
    case 'boolean':
      return 'TINYINT(1)'
    case 'date':
      return 'DATE'
    case 'datetime':
      return 'DATETIME(3)'
    case 'json':
      return 'JSON'
  }
}

function quoted(name: string): string {
  return `\`${name}\``
}
