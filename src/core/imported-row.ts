// What an imported row has besides its fields.

import type { Migration } from './connector.ts'
import { hasColumn, onlyWhere } from './upgrade.ts'

/** What stands where a database does for tables of MySQL: two connectors may import into tables of one name. */
export const importsDatabase = (connector: string): string => `imports.${connector}`
/** What the row is called: the key. */
export const NAME_COLUMN = 'mr_name'
/** Which row of its source it is, counted from 1. */
export const PLACE_COLUMN = 'mr_place'
/** Of a row that was set aside: all that it said. */
export const SAID_COLUMN = 'mr_said'

/**
 * What a table keeps of each imported row: which version it is, the run that wrote it, the run that made it, and a digest of
 * the fields as they were written.
 */
export const KEPT = {
  mr_position: 'VARBINARY(64) NULL',
  mr_run: 'VARBINARY(36) NULL',
  mr_made: 'VARBINARY(36) NULL',
  mr_digest: 'BINARY(16) NULL',
} as const
/** The same, as columns of a CREATE TABLE. */
export const KEPT_COLUMNS = Object.entries(KEPT)
  .map(([name, definition]) => `${name} ${definition}`)
  .join(', ')

/** Tables of earlier versions say of their runs in text which they were, and cannot hold what says it now. */
export function runsAsBytes(connector: string, tables: readonly string[]): Migration {
  const { mr_run, mr_made } = KEPT
  const up = tables.flatMap((table) =>
    onlyWhere(
      hasColumn(table, 'mr_run', 'char'),
      `ALTER TABLE ${table} MODIFY mr_run ${mr_run}, MODIFY mr_made ${mr_made}`,
    ),
  )
  return { name: `${connector}: runs of an earlier version, as bytes`, up, down: [] }
}

/** The epoch of positions that say when the run was ordered and where it found the row: each row stands there once. */
export const BY_RUN = 1
/** The epoch of positions that say which version of a row the source itself gave: they count over every run's. */
export const BY_VERSION = 2

/** How the reason begins of a row that another one of the same import has the key of. */
export const SAME_KEY = 'another row of this import has the same key'
