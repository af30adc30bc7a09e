// What an error of the driver or the server means for millrace: which of its own errors it is, and what mends it.

import { type ErrorCode, MillraceError } from '../../core/errors.ts'

interface DriverError {
  readonly errno?: number
  readonly code?: string
  readonly message?: string
  readonly sqlMessage?: string
}

const BINLOG_READ_FAILED = [1236, 1105, 1220, 1624]
const WRONG_LOGIN = [1044, 1045, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 3159, 4151]
const MISSING_PRIVILEGE = [1142, 1143, 1227, 1370]
const MISSING_OBJECT = [1049, 1054, 1146]

/** `user` is for the hint; an error that is ours already passes through. */
export function mysqlFault(error: unknown, user: string): MillraceError {
  if (error instanceof MillraceError) return error
  const { errno, code, message, sqlMessage } = error as DriverError
  const said = sqlMessage ?? message ?? code ?? String(error)
  const fault = (name: ErrorCode, text: string, hint?: string): MillraceError =>
    new MillraceError(name, text, { cause: error, ...(hint === undefined ? {} : { hint }) })
  if (errno !== undefined && WRONG_LOGIN.includes(errno)) return fault('MYSQL_DENIED', `MySQL refuses ${user}: ${said}`)
  if (errno !== undefined && MISSING_PRIVILEGE.includes(errno)) {
    return fault('MYSQL_DENIED', `MySQL refuses ${user}: ${said}`, `Run ${grantFor(said, user)}.`)
  }
  if (errno !== undefined && MISSING_OBJECT.includes(errno)) return fault('MYSQL_UNFIT', said)
  if (errno !== undefined && BINLOG_READ_FAILED.includes(errno)) return fault(binlogFault(said), said)
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return fault('MYSQL_URL_INVALID', 'The server speaks no TLS.', 'Take ssl-mode out of MILLRACE_MYSQL_URL.')
  }
  if (code === 'HANDSHAKE_SSL_ERROR' || /CERT|ERR_TLS/.test(code ?? '')) {
    const hint = 'Name the file of its certificate authority as ssl-ca in MILLRACE_MYSQL_URL.'
    return fault('MYSQL_URL_INVALID', `The server's certificate is not trusted: ${said}`, hint)
  }
  return fault('MYSQL_UNREACHABLE', `MySQL does not answer: ${said}`)
}

/** Error 1236 stands for everything that ends a dump; only its text tells which. */
function binlogFault(said: string): ErrorCode {
  if (/same server_?(id|uuid)/i.test(said)) return 'MYSQL_UNREACHABLE'
  if (/truncated|corrupt|bogus|checksum|event entry exceeded|read error|max_allowed_packet/i.test(said)) {
    return 'BINLOG_UNREADABLE'
  }
  if (/gtid_mode|binary log is not open|misconfigured|server-id/i.test(said)) return 'MYSQL_UNFIT'
  return 'HISTORY_GONE'
}

function grantFor(said: string, user: string): string {
  if (/REPLICATION SLAVE/i.test(said)) return `GRANT REPLICATION SLAVE ON *.* TO '${user}'@'%'`
  if (/REPLICATION CLIENT|BINLOG MONITOR|SUPER/i.test(said)) return `GRANT REPLICATION CLIENT ON *.* TO '${user}'@'%'`
  const table = /for table [`'"]?(?:[^`'".]+[`'"]?\.[`'"]?)?([^`'".]+)/i.exec(said)?.[1]
  return `GRANT SELECT ON ${table === undefined ? '*' : `\`${table}\``} TO '${user}'@'%'`
}
