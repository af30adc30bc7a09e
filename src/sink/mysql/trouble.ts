// What an error of the server or of the way to it means: what is worth another try, what concerns one write alone, and
// what needs a person.

import { MillraceError } from '../../core/errors.ts'
import { Raced } from './raced.ts'

/**
 * conflict: others hold the rows, try again · twin: the row was made meanwhile · row: this write can never be applied ·
 * missing: a table or a column is gone · denied: a person has to act · unreachable: the connection is of no use ·
 * unknown: a statement that the server does not understand.
 */
export type Trouble = 'conflict' | 'twin' | 'row' | 'missing' | 'denied' | 'unreachable' | 'unknown'

const LOCKED = [1205, 1213, 1020, 3101, 3572]
const DENIED = [1044, 1045, 1130, 1142, 1143, 1227, 1251, 1370, 1524, 1698, 1820, 1862, 3118, 3159, 4151]
const MISSING = [1049, 1051, 1054, 1146]
const DUPLICATE = 1062
/** Everything else that a server says about one row's values. */
const OF_ROW = [
  ...[1048, 1216, 1217, 1263, 1264, 1265, 1292, 1300, 1364, 1366, 1367, 1406, 1411, 1416, 1425, 1451, 1452, 1467, 1557],
  ...[
    1586, 1644, 1690, 1761, 1762, 3140, 3141, 3144, 3146, 3156, 3157, 3616, 3617, 3715, 3716, 3730, 3732, 3819, 3854,
    3903,
  ],
  ...[3989, 4025, 6138, 1118, 1153, 1210, 1301, 1367, 1435, 1442, 1456, 1525, 1526, 4161],
]

interface ServerError {
  readonly errno?: number
  readonly code?: string
  readonly message?: string
  readonly sqlMessage?: string
  readonly sqlState?: string
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Raced) return 'conflict'
  const { errno, sqlState, sqlMessage } = error as ServerError
  if (errno === undefined || sqlState === undefined) return isOfNetwork(error) ? 'unreachable' : 'unknown'
  if (LOCKED.includes(errno)) return 'conflict'
  if (DENIED.includes(errno)) return 'denied'
  if (MISSING.includes(errno)) return 'missing'
  if (errno === DUPLICATE) return /PRIMARY['`]?$/u.test(sqlMessage ?? '') ? 'twin' : 'row'
  // Classes 22 and 23 of SQL: data exceptions and constraints. 45 is what triggers raise.
  if (OF_ROW.includes(errno) || /^(22|23|45)/u.test(sqlState)) return 'row'
  return sqlState.startsWith('42') ? 'unknown' : 'unreachable'
}

/** The server's own words. */
export function said(error: unknown): string {
  const { sqlMessage, message, code } = error as ServerError
  return sqlMessage ?? message ?? code ?? String(error)
}

/** The named error that a trouble becomes when nothing here can deal with it; `user` is for the hint. */
export function named(error: unknown, user: string): Error {
  const words = said(error)
  switch (troubleOf(error)) {
    case 'denied':
      return new MillraceError('MYSQL_DENIED', `MySQL refuses ${user}: ${words}`, { cause: error, hint: grant(user) })
    case 'missing':
      return new MillraceError('SINK_TABLE_MISSING', `MySQL lacks what is written to: ${words}`, {
        cause: error,
        hint: "Bring the table or column back, or adapt the connector's targets, and start again.",
      })
    case 'conflict':
    case 'twin':
      return new MillraceError('MYSQL_BUSY', `Others hold the rows to be written: ${words}`, { cause: error })
    case 'unreachable':
      return new MillraceError('MYSQL_UNREACHABLE', `MySQL does not answer: ${words}`, { cause: error })
    default:
      return error as Error
  }
}

/** The driver's own errors carry a code and no state of SQL. */
function isOfNetwork(error: unknown): boolean {
  const { code } = error as ServerError
  return !(error instanceof MillraceError) && typeof code === 'string'
}

function grant(user: string): string {
  return `Correct user and password in MILLRACE_MYSQL_URL, or run GRANT SELECT, INSERT, UPDATE, CREATE ON the database TO '${user}'@'%'; where a connector deletes rows, DELETE too.`
}
