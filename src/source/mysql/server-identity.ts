// Which server answers, and what of it decides how its binary log is read. Positions are comparable only within one
// server's log, so the identity must change whenever another server answers under the same name.

import { MillraceError } from '../../core/errors.ts'
import type { TextRow } from './sessions.ts'

export interface ServerIdentity {
  readonly isMariadb: boolean
  readonly version: string
  /**
   * MySQL: its uuid. MariaDB has none that outlives a move of its files, and `server_id` alone is 1 wherever nobody set
   * it; so it is `server_id` with the name of the log. Two servers that agree in both (a clone, a log that was reset)
   * are told apart by the time the bookmark's file was begun, which the dump compares (`born`).
   */
  readonly id: string
  readonly serverId: string
  /** Table names are compared without case. */
  readonly foldsCase: boolean
  /** What to add to this machine's clock to have the server's. */
  readonly clockOffsetMs: number
}

const IDENTITY_QUERY = `SELECT VERSION() AS version, @@lower_case_table_names AS fold,
  @@server_id AS server_id, @@log_bin_basename AS log_name, @@log_bin AS log_bin,
  UNIX_TIMESTAMP(NOW(3)) * 1000 AS now_ms`

/** Answered by MySQL only; a query of its own, because MariaDB refuses an unknown variable. */
const UUID_QUERY = 'SELECT @@server_uuid AS uuid'

type Ask = (sql: string) => Promise<readonly TextRow[]>

export async function readIdentity(ask: Ask): Promise<ServerIdentity> {
  const askedMs = Date.now()
  const [row] = await ask(IDENTITY_QUERY)
  const answeredMs = Date.now()
  if (row === undefined) throw new MillraceError('MYSQL_UNREACHABLE', 'The server does not say who it is.')
  const version = row.version ?? ''
  const isMariadb = /mariadb/i.test(version)
  const logName = (row.log_name ?? '').replace(/^.*[/\\]/, '')
  const uuid = isMariadb ? null : ((await ask(UUID_QUERY))[0]?.uuid ?? null)
  return {
    isMariadb,
    version,
    serverId: row.server_id ?? '',
    id: uuid ?? `mariadb:${row.server_id}:${logName}`,
    foldsCase: row.fold !== '0',
    clockOffsetMs: Math.round(Number(row.now_ms) - (askedMs + answeredMs) / 2),
  }
}

/** Compares versions number by number: `isAtLeast('8.0.36-log', [8, 0, 22])`. */
export function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const numbers = version.split(/[.-]/).map(Number)
  for (const [index, want] of wanted.entries()) {
    const has = numbers[index] ?? 0
    if (has !== want) return has > want
  }
  return true
}
