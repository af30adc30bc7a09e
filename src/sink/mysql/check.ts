// What has to be true of the target tables before writes can be applied, each with the statement that makes it so.
// Rights are tried with statements that touch no row.

import { CANARY } from '../../core/canary.ts'
import { CURSORS_TABLE } from '../../core/cursors-table.ts'
import type { Finding } from '../../core/finding.ts'
import { quotedName, quotedText } from '../../mysql/sql-name.ts'
import { CREATE, POSITIONS_TABLE } from './bookkeeping.ts'
import type { Session } from './session.ts'
import { describeTable, type TargetTables } from './target-tables.ts'
import { said, troubleOf } from './trouble.ts'

export interface Checking {
  readonly session: Session
  readonly targets: TargetTables
  readonly database: string
  readonly user: string
}

export async function checkTables(at: Checking): Promise<readonly Finding[]> {
  const [[version] = []] = await at.session.rows('SELECT VERSION()')
  const findings = [await checkOwnTables(at), versionFinding(String(version))]
  // The canary's is made when it is first needed.
  const names = at.targets.names.filter((name) => name !== CANARY)
  for (const table of names) findings.push(...(await checkTable(at, table)))
  return findings
}

/** From these on rows of values can be joined with. */
const VERSIONS = { MySQL: [8, 0, 19], MariaDB: [10, 3, 3] } as const

export function versionFinding(version: string): Finding {
  const check = 'MySQL version'
  const product = version.includes('MariaDB') ? 'MariaDB' : 'MySQL'
  // What MariaDB tells old clients first is no version of it.
  const [, ...parts] = /(\d+)\.(\d+)\.(\d+)/u.exec(version.replace(/^5\.5\.5-/u, '')) ?? []
  const least = VERSIONS[product]
  const other = least.findIndex((part, at) => Number(parts[at]) !== part)
  if (other === -1 || Number(parts[other]) > (least[other] ?? 0)) return { check, isOk: true, detail: version }
  const detail = `${product} ${version} cannot join with rows of values (VALUES ROW), as changed rows are written`
  return { check, isOk: false, detail, fix: `Upgrade to ${product} ${least.join('.')} or newer` }
}

async function checkOwnTables(at: Checking): Promise<Finding> {
  const check = 'MySQL tables of millrace'
  const names = [CURSORS_TABLE, POSITIONS_TABLE]
  const rows = await at.session.rows(
    `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${quotedText(at.database)}
      AND TABLE_NAME IN (${names.map(quotedText)})`,
  )
  if (rows.length === names.length) return { check, isOk: true, detail: names.join(', ') }
  return { check, isOk: true, detail: 'they are made when the first change is written', fix: CREATE.join(';\n') }
}

async function checkTable(at: Checking, table: string): Promise<readonly Finding[]> {
  const { session, database, targets } = at
  const check = `MySQL table ${table}`
  const { columns, primaryKey } = await describeTable(session, database, table)
  if (columns.size === 0) {
    const fix = `Create ${table}, or GRANT SELECT, INSERT, UPDATE ON ${quotedName(database)}.${quotedName(table)} TO '${at.user}'@'%'`
    return [{ check, isOk: false, detail: `it does not exist, or ${at.user} may not see it`, fix }]
  }
  const { key, owns } = targets.target(table)
  if (key.toSorted().join() !== primaryKey.toSorted().join()) {
    const detail = `its primary key is ${primaryKey.join(', ') || 'missing'}, but the connector writes by ${key.join(', ')}`
    return [{ check, isOk: false, detail, fix: `Name its primary key in the connector's targets` }]
  }
  const missing = owns.filter((name) => !name.endsWith('*') && !columns.has(name))
  const found: Finding[] = [{ check, isOk: true, detail: `key ${key.join(', ')}` }]
  if (missing.length > 0) {
    const fix = `ALTER TABLE ${quotedName(table)} ${missing.map((name) => `ADD COLUMN ${quotedName(name)} …`).join(', ')}`
    found.push({ check: `columns of ${table}`, isOk: false, detail: `it has no ${missing.join(', ')}`, fix })
  }
  const written = owns.filter((name) => columns.has(name))
  return [...found, await checkEngine(at, table), await checkRights(at, table, [...key, ...written])]
}

async function checkEngine({ session, database }: Checking, table: string): Promise<Finding> {
  const check = `engine of ${table}`
  const [[engine] = []] = await session.rows(
    `SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${quotedText(database)} AND TABLE_NAME = ${quotedText(table)}`,
  )
  if (String(engine) === 'InnoDB') return { check, isOk: true, detail: 'InnoDB' }
  const detail = `${engine} has no transactions: a write could be applied and its position not kept`
  return { check, isOk: false, detail, fix: `ALTER TABLE ${quotedName(table)} ENGINE = InnoDB` }
}

async function checkRights({ session, user }: Checking, table: string, names: readonly string[]): Promise<Finding> {
  const check = `rights on ${table}`
  const name = quotedName(table)
  const columns = names.map(quotedName)
  try {
    await session.write(`INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${name} WHERE 1 = 0`)
    await session.write(`UPDATE ${name} SET ${columns.map((column) => `${column} = ${column}`)} WHERE 1 = 0`)
    return { check, isOk: true, detail: 'it may be read and written' }
  } catch (error) {
    if (troubleOf(error) !== 'denied') throw error
    return { check, isOk: false, detail: said(error), fix: `GRANT SELECT, INSERT, UPDATE ON ${name} TO '${user}'@'%'` }
  }
}
