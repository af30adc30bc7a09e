// Where the server is and who asks: MILLRACE_MYSQL_URL taken apart, every fault named with what to write instead.

import { readFileSync } from 'node:fs'
import { MillraceError } from '../core/errors.ts'

const CONNECT_TIMEOUT_MS = 10_000
const PARAMETERS = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket', 'connect-timeout']
const SSL_MODES = ['disabled', 'required', 'verify_ca', 'verify_identity']

export interface Tls {
  readonly rejectUnauthorized: boolean
  readonly verifyIdentity: boolean
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

export interface MysqlAddress {
  readonly host: string
  readonly port: number
  readonly socketPath: string | null
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: Tls | null
  readonly connectTimeoutMs: number
}

/** The forms differ per MySQL's own clients: `?ssl-mode=REQUIRED|VERIFY_CA|VERIFY_IDENTITY&ssl-ca=FILE&socket=FILE`. */
export function parseMysqlUrl(text: string): MysqlAddress {
  const url = URL.parse(text)
  if (url === null) throw invalid('it is no URL')
  if (url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') throw invalid(`it begins with ${url.protocol}//`)
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) throw invalid(`parameter ${unknown} is unknown, there are ${PARAMETERS.join(', ')}`)
  const database = decode(url.pathname.slice(1))
  if (database === '' || database.includes('/')) throw invalid('it names no database')
  if (url.username === '') throw invalid('it names no user')
  return {
    host: url.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(url.port || 3306),
    socketPath: url.searchParams.get('socket'),
    user: decode(url.username),
    password: decode(url.password),
    database,
    tls: tlsOf(url.searchParams),
    connectTimeoutMs: timeoutOf(url.searchParams.get('connect-timeout')),
  }
}

function tlsOf(parameters: URLSearchParams): Tls | null {
  const files = { ca: parameters.get('ssl-ca'), cert: parameters.get('ssl-cert'), key: parameters.get('ssl-key') }
  const mode = (parameters.get('ssl-mode') ?? (files.ca === null ? 'disabled' : 'verify_ca')).toLowerCase()
  if (!SSL_MODES.includes(mode)) throw invalid(`ssl-mode ${mode} is unknown, there are ${SSL_MODES.join(', ')}`)
  if (mode === 'disabled') return null
  return {
    rejectUnauthorized: mode !== 'required',
    verifyIdentity: mode === 'verify_identity',
    ...(files.ca === null ? {} : { ca: read('ssl-ca', files.ca) }),
    ...(files.cert === null ? {} : { cert: read('ssl-cert', files.cert) }),
    ...(files.key === null ? {} : { key: read('ssl-key', files.key) }),
  }
}

function timeoutOf(seconds: string | null): number {
  if (seconds === null) return CONNECT_TIMEOUT_MS
  if (!/^[1-9]\d{0,3}$/.test(seconds)) throw invalid(`connect-timeout ${seconds} is not a number of seconds`)
  return Number(seconds) * 1000
}

function read(name: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw invalid(`${name} ${path} cannot be read`, cause)
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw invalid('a % in it is not followed by two hexadecimal digits; write %25 for %', cause)
  }
}

/** The URL itself stays out of the message: it holds the password. */
function invalid(what: string, cause?: unknown): MillraceError {
  return new MillraceError('MYSQL_URL_INVALID', `The URL of the MySQL server is not usable: ${what}.`, { cause })
}
