// Everything `millrace doctor` looks at on the side of MySQL. Each thing is tried as capture will do it, so that the
// capture account's own rights are enough, and what is wrong comes with the statement that mends it.

import type { MillraceError } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import type { Checked } from './checked.ts'
import { isAtLeast, type ServerIdentity } from './server-identity.ts'
import { serverRules } from './server-rules.ts'
import { checkTable } from './table-check.ts'

const OLDEST_MYSQL = [8, 0]
const OLDEST_MARIADB = [10, 5]

export async function check(at: Checked, tables: readonly string[]): Promise<readonly Finding[]> {
  const findings = [checkVersion(at.server), ...(await checkSettings(at)), ...(await checkRights(at))]
  if (at.serverId !== null) findings.push(await checkServerId(at, at.serverId))
  for (const table of tables) findings.push(...(await checkTable(at, table)))
  return findings
}

function checkVersion({ isMariadb, version }: ServerIdentity): Finding {
  const oldest = isMariadb ? OLDEST_MARIADB : OLDEST_MYSQL
  const isOk = isAtLeast(version, oldest)
  const name = isMariadb ? 'MariaDB' : 'MySQL'
  const detail = `${name} ${version}`
  if (isOk) return { check: 'version', isOk, detail }
  return { check: 'version', isOk, detail, fix: `Update to ${name} ${oldest.join('.')} or later` }
}

async function checkSettings({ sessions, server }: Checked): Promise<Finding[]> {
  const rules = serverRules(server.isMariadb)
  const names = rules.map(({ variable }) => `'${variable}'`).join(', ')
  const rows = await sessions.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`)
  const values = new Map(rows.map((row) => [row.Variable_name, row.Value ?? '']))
  return rules.flatMap(({ variable, fault, fix, isBearable }): Finding[] => {
    const value = values.get(variable)
    if (value === undefined) return []
    const wrong = fault(value)
    if (wrong === null) return [{ check: variable, isOk: true, detail: value === '' ? 'empty' : value }]
    return [
      { check: variable, isOk: false, ...(isBearable ? { isBearable } : {}), detail: `${variable}: ${wrong}`, fix },
    ]
  })
}

/** What the dump and the watermarks need; tables are tried one by one. */
async function checkRights(at: Checked): Promise<Finding[]> {
  const { isMariadb } = at.server
  const client = isMariadb ? 'BINLOG MONITOR' : 'REPLICATION CLIENT'
  return [
    await tried(at, { right: client, sql: 'SHOW BINARY LOGS' }),
    isMariadb
      ? await grantedReplication(at)
      : await tried(at, { right: 'REPLICATION SLAVE', sql: replicas(at.server) }),
  ]
}

async function tried(at: Checked, { right, sql }: { right: string; sql: string }): Promise<Finding> {
  try {
    await at.sessions.query(sql)
    return { check: right, isOk: true, detail: 'granted' }
  } catch (error) {
    const { code, message } = error as MillraceError
    if (code === 'MYSQL_UNREACHABLE') throw error
    return { check: right, isOk: false, detail: message, fix: grant(right, at.user) }
  }
}

/** MariaDB has no statement that needs this right and does nothing, so its own list is read. */
async function grantedReplication({ sessions, user }: Checked): Promise<Finding> {
  const right = 'REPLICATION SLAVE'
  const rows = await sessions.query('SHOW GRANTS')
  const grants = rows.flatMap((row) => Object.values(row))
  const isOk = grants.some((text) =>
    /^GRANT [^(]*\b(REPLICATION SLAVE|ALL PRIVILEGES)\b.* ON \*\.\* /i.test(text ?? ''),
  )
  if (isOk) return { check: right, isOk, detail: 'granted' }
  return { check: right, isOk, detail: `${user} may not read the binary log`, fix: grant(right, user) }
}

function grant(right: string, user: string): string {
  return `GRANT ${right} ON *.* TO '${user}'@'%'`
}

/** Two readers by one number throw each other out. */
async function checkServerId({ sessions, server }: Checked, serverId: number): Promise<Finding> {
  const own = await sessions.query('SELECT @@server_id AS id')
  const others = await sessions.query(replicas(server)).catch(() => [])
  const ids = [...own.map((row) => row.id), ...others.map((row) => row.Server_id ?? row.Server_Id)]
  const isOk = !ids.includes(String(serverId))
  if (isOk) return { check: 'server id of the capture', isOk, detail: String(serverId) }
  const detail = `${serverId} is the number of the server itself or of one of its replicas`
  return { check: 'server id of the capture', isOk, detail, fix: 'Give the capture another server id, or none' }
}

/** Needs REPLICATION SLAVE on MySQL; on MariaDB a right that capture does without. */
function replicas({ isMariadb, version }: ServerIdentity): string {
  return !isMariadb && isAtLeast(version, [8, 0, 22]) ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS'
}
