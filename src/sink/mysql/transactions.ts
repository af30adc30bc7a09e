// A few connections, and whole transactions upon them: one that meets others on its rows is begun again from the start,
// so what it does must depend on nothing but what it reads.

import { setTimeout as delay } from 'node:timers/promises'
import mysql, { type PoolConnection } from 'mysql2'
import { driverOptions } from '../../mysql/driver-options.ts'
import { type MysqlAddress, parseMysqlUrl } from '../../mysql/mysql-address.ts'
import { Session } from './session.ts'
import { named, troubleOf } from './trouble.ts'

const CONNECTIONS_MAX = 4
const TRIES_MAX = 8
const PAUSE_MS = 20

/** Strict, so that nothing is cut silently; zero dates and zero ids are values like others. */
const SESSION = [
  "SET NAMES utf8mb4, time_zone = '+00:00', autocommit = 1, sql_safe_updates = 0, innodb_lock_wait_timeout = 10, div_precision_increment = 30," +
    " sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'",
  // Without locks on gaps, which would let two that make rows beside each other wait for one another.
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
]

export interface Attempt<Result> {
  readonly result: Result
  /** Otherwise everything is taken back. */
  readonly commits: boolean
}

export interface Server {
  readonly isMariadb: boolean
  /** Clients may send a file's lines with a LOAD DATA LOCAL INFILE. */
  readonly takesFiles: boolean
}

export class Transactions {
  readonly #pool: mysql.Pool
  readonly #closed = new AbortController()
  #server: Server | null = null
  readonly database: string
  readonly user: string

  constructor(url: string) {
    const address: MysqlAddress = parseMysqlUrl(url)
    this.user = address.user
    this.database = address.database
    // Statements come whole; the driver would search each for placeholders.
    const queryFormat = (sql: string): string => sql
    // A statement that asks for a file gets what is given with it, whatever the server then names.
    const flags = ['+LOCAL_FILES']
    const own = { connectionLimit: CONNECTIONS_MAX, multipleStatements: true, queryFormat, flags }
    this.#pool = mysql.createPool({ ...driverOptions(address), ...own })
    this.#pool.on('connection', (connection) => {
      // Commands of one connection run in order, so these precede whatever asked for the connection.
      for (const statement of SESSION) connection.query(statement, (error) => error && connection.destroy())
    })
  }

  /** `isLast` says that a conflict will not be tried again. */
  async run<Result>(
    signal: AbortSignal,
    work: (session: Session, isLast: boolean) => Promise<Attempt<Result>>,
  ): Promise<Result> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.use(signal, (session) => inside(session, () => work(session, tried === TRIES_MAX)))
      } catch (error) {
        if (!isConflict(error) || tried === TRIES_MAX) throw named(error, this.user)
        await delay(Math.random() * PAUSE_MS * tried, undefined, { signal })
      }
    }
  }

  /** Statements that stand for themselves. */
  async ask<Result>(signal: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result> {
    try {
      return await this.use(signal, work)
    } catch (error) {
      throw named(error, this.user)
    }
  }

  /** The same, where errors of the server are to come as they are. */
  async use<Result>(asked: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result> {
    const signal = AbortSignal.any([asked, this.#closed.signal])
    signal.throwIfAborted()
    const connection = await this.#connection()
    const session = new Session(connection, signal)
    try {
      return await work(session)
    } finally {
      if (session.isBroken) connection.destroy()
      else connection.release()
    }
  }

  async server(session: Session): Promise<Server> {
    if (this.#server === null) {
      const [[version, takesFiles] = []] = await session.rows('SELECT VERSION(), @@GLOBAL.local_infile')
      this.#server = { isMariadb: String(version).includes('MariaDB'), takesFiles: String(takesFiles) === '1' }
    }
    return this.#server
  }

  async isMariadb(session: Session): Promise<boolean> {
    return (await this.server(session)).isMariadb
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the sink was closed'))
    await this.#pool
      .promise()
      .end()
      .catch(() => undefined)
  }

  #connection(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.#pool.getConnection((error, connection) => (error === null ? resolve(connection) : reject(error)))
    })
  }
}

async function inside<Result>(session: Session, work: () => Promise<Attempt<Result>>): Promise<Result> {
  let isOver = false
  try {
    session.ahead('START TRANSACTION')
    const { result, commits } = await work()
    if (commits) await session.write('COMMIT')
    isOver = commits
    return result
  } finally {
    if (!isOver && !session.isBroken) await rollback(session)
  }
}

/** What cannot be rolled back is ended: the connection may not go back into the pool inside of a transaction. */
async function rollback(session: Session): Promise<void> {
  session.drop()
  try {
    await session.write('ROLLBACK')
  } catch {
    session.isBroken = true
  }
}

function isConflict(error: unknown): boolean {
  return ['conflict', 'twin'].includes(troubleOf(error))
}
