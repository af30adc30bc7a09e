// Whether the columns that lookups search by are indexed: without an index each lookup reads the whole table.

import type { Finding } from '../../core/finding.ts'
import type { LookupColumn } from '../source.ts'
import type { Sessions } from './sessions.ts'

export async function checkLookups(
  sessions: Sessions,
  database: string,
  columns: readonly LookupColumn[],
): Promise<readonly Finding[]> {
  const rows = await sessions.query(
    `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = '${database.replace(/[\\']/g, '\\$&')}' AND SEQ_IN_INDEX = 1`,
  )
  const indexed = new Set(rows.map(({ tableName, columnName }) => `${tableName}.${columnName}`))
  return columns.map(({ table, by }): Finding => {
    const check = `index of ${table}.${by}`
    if (indexed.has(`${table}.${by}`)) return { check, isOk: true, detail: 'lookups find it quickly' }
    const fix = `ALTER TABLE \`${database}\`.\`${table}\` ADD KEY (\`${by}\`)`
    return { check, isOk: false, isBearable: true, detail: 'there is none: each lookup reads the whole table', fix }
  })
}
