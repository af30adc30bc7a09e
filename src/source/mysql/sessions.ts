// A few connections for queries beside the dump: opened when needed, in UTC, every value as the server's own text.

import mysql from 'mysql2'
import { driverOptions } from '../../mysql/driver-options.ts'
import type { MysqlAddress } from '../../mysql/mysql-address.ts'
import { mysqlFault } from './mysql-fault.ts'

const CONNECTIONS_MAX = 2
const QUERY_TIMEOUT_MS = 30_000

export type TextRow = Readonly<Record<string, string | null>>

export class Sessions implements AsyncDisposable {
  readonly #pool: mysql.Pool
  readonly #user: string
  /** Counts connections made: a new one may lead to another server behind the same name. */
  opened = 0

  constructor(address: MysqlAddress) {
    this.#user = address.user
    this.#pool = mysql.createPool({ ...driverOptions(address), connectionLimit: CONNECTIONS_MAX })
    this.#pool.on('connection', (connection) => {
      this.opened++
      // Commands of one connection run in order, so these precede whatever asked for the connection.
      for (const statement of SESSION) connection.query(statement, (error) => error && connection.destroy())
    })
  }

  /** One statement; values come as text, the way the server writes them. */
  async query(sql: string): Promise<readonly TextRow[]> {
    const { rows } = await this.#run({ sql, typeCast: asText }, null)
    return rows as unknown as TextRow[]
  }

  /** One statement; values come as bytes, with what the server says of the columns. */
  read(sql: string, signal: AbortSignal): Promise<ReadRows> {
    return this.#run({ sql, typeCast: asBytes, rowsAsArray: true }, signal)
  }

  async #run(options: mysql.QueryOptions, signal: AbortSignal | null): Promise<ReadRows> {
    signal?.throwIfAborted()
    const asked = this.#pool.promise().query({ ...options, timeout: QUERY_TIMEOUT_MS })
    try {
      const [rows, fields] = await (signal === null ? asked : Promise.race([asked, aborted(signal, asked)]))
      return Array.isArray(rows)
        ? { rows: rows as unknown as ReadRows['rows'], fields: fields ?? [] }
        : { rows: [], fields: [] }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw mysqlFault(error, this.#user)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A connection that was never made has nothing to end, and its failure has been told to whoever asked for it.
    await this.#pool
      .promise()
      .end()
      .catch(() => undefined)
  }
}

const SESSION = ["SET time_zone = '+00:00', sql_mode = ''", 'SET SESSION TRANSACTION READ ONLY', 'SET NAMES utf8mb4']

export interface ReadRows {
  readonly rows: readonly (readonly (Buffer | null)[])[]
  readonly fields: readonly mysql.FieldPacket[]
}

function asBytes(field: { buffer(): Buffer | null }): Buffer | null {
  return field.buffer()
}

function asText(field: { string(): string | null }): string | null {
  return field.string()
}

/** Rejects when the signal aborts; the statement goes on, bounded by its own timeout, and its answer is dropped. */
function aborted(signal: AbortSignal, until: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const release = (): void => signal.removeEventListener('abort', onAbort)
    until.then(release, release)
  })
}
