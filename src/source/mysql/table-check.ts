// What has to be true of a table for its changes to be captured, all of them, and told apart.

import type { MillraceError } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import { quotedName, quotedText } from '../../mysql/sql-name.ts'
import type { Checked } from './checked.ts'
import { isAtLeast } from './server-identity.ts'
import type { TextRow } from './sessions.ts'

/** From here on MySQL logs what foreign keys change in the tables that refer. */
const CASCADES_LOGGED_SINCE = [9, 6]

export async function checkTable(at: Checked, table: string): Promise<readonly Finding[]> {
  const named = { ...at, table, name: `${quotedName(at.database)}.${quotedName(table)}` }
  const unreadable = await tryToRead(named)
  if (unreadable !== null) return [unreadable]
  const [row] = await about(named, 'SELECT ENGINE AS engine, TABLE_TYPE AS type FROM information_schema.TABLES WHERE')
  if (row?.type !== 'BASE TABLE') return [notATable(named, row?.type ?? 'view')]
  return [await checkKey(named), await checkEngine(named, row.engine ?? 'none'), ...(await checkCascades(named))]
}

interface Named extends Checked {
  readonly table: string
  /** Quoted, with its database. */
  readonly name: string
}

async function tryToRead({ sessions, table, name, user }: Named): Promise<Finding | null> {
  try {
    await sessions.query(`SELECT 1 FROM ${name} LIMIT 0`)
    return null
  } catch (error) {
    const { code, message } = error as MillraceError
    if (code === 'MYSQL_UNREACHABLE') throw error
    const fix =
      code === 'MYSQL_DENIED' ? `GRANT SELECT ON ${name} TO '${user}'@'%'` : `Create ${name}, or name another table`
    return { check: `table ${table}`, isOk: false, detail: message, fix }
  }
}

/** Asks information_schema about the table; it shows only what the account may read. */
function about(at: Named, sql: string): Promise<readonly TextRow[]> {
  return at.sessions.query(`${sql} TABLE_SCHEMA = ${quotedText(at.database)} AND TABLE_NAME = ${quotedText(at.table)}`)
}

async function checkKey(at: Named): Promise<Finding> {
  const rows = await about(
    at,
    "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE COLUMN_KEY = 'PRI' AND",
  )
  const check = `primary key of ${at.table}`
  if (rows.length > 0) return { check, isOk: true, detail: rows.map(({ name }) => name).join(', ') }
  const detail = `${at.name} has no primary key: its changes cannot be told apart and go to the dead topic`
  return { check, isOk: false, isBearable: true, detail, fix: `ALTER TABLE ${at.name} ADD PRIMARY KEY (…)` }
}

function notATable({ table, name }: Named, type: string): Finding {
  const detail = `${name} is a ${type.toLowerCase()}: it has no changes of its own`
  return { check: `table ${table}`, isOk: false, detail, fix: 'Name the tables behind it' }
}

async function checkEngine(at: Named, engine: string): Promise<Finding> {
  const check = `engine of ${at.table}`
  const engines = await at.sessions.query('SHOW ENGINES')
  const isOk = engines.some((one) => one.Engine === engine && one.Transactions === 'YES')
  if (isOk) return { check, isOk, detail: engine }
  const detail = `${engine} has no transactions: what a crash or a rollback undoes may have been captured`
  return { check, isOk, isBearable: true, detail, fix: `ALTER TABLE ${at.name} ENGINE = InnoDB` }
}

async function checkCascades(at: Named): Promise<readonly Finding[]> {
  const { isMariadb, version } = at.server
  if (!isMariadb && isAtLeast(version, CASCADES_LOGGED_SINCE)) return []
  // information_schema shows foreign keys only to accounts that may do more than read.
  const [row] = await at.sessions.query(`SHOW CREATE TABLE ${at.name}`)
  return cascading(row?.['Create Table'] ?? '').map((key) => ({
    check: `foreign key ${key}`,
    isOk: false,
    isBearable: true,
    detail: `what it changes in ${at.name} is not logged by this server, and so not captured`,
    fix: `Declare ${key} with ON UPDATE RESTRICT ON DELETE RESTRICT`,
  }))
}

/** Names of the foreign keys that change rows of the table they are declared in. */
function cascading(createTable: string): readonly string[] {
  const keys = createTable.matchAll(/^\s*CONSTRAINT `([^`]+)` FOREIGN KEY .*$/gim)
  return [...keys].filter(([line]) => /ON (?:UPDATE|DELETE) (?:CASCADE|SET)/i.test(line)).map(([, name = '']) => name)
}
