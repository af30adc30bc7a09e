// One connection while it is in use: statements one by one, every value as the server's own bytes. What breaks it off in
// the middle of a statement also ends it, and the server then takes back what was not committed.

import type { FieldPacket, PoolConnection, ResultSetHeader } from 'mysql2'

export type Answer = readonly (Buffer | null)[]

interface Answered {
  readonly rows: unknown
  readonly fields: readonly FieldPacket[]
}

const STATEMENT_TIMEOUT_MS = 60_000

export class Session {
  readonly #connection: PoolConnection
  readonly #signal: AbortSignal
  isBroken = false

  constructor(connection: PoolConnection, signal: AbortSignal) {
    this.#connection = connection
    this.#signal = signal
  }

  async rows(sql: string): Promise<readonly Answer[]> {
    const { rows } = await this.#run(sql)
    return Array.isArray(rows) ? (rows as unknown as Answer[]) : []
  }

  /** With the names of the columns. */
  async table(sql: string): Promise<{ readonly names: readonly string[]; readonly rows: readonly Answer[] }> {
    const { rows, fields } = await this.#run(sql)
    return { names: fields.map(({ name }) => name), rows: rows as unknown as Answer[] }
  }

  /** How many rows it made, and twice how many it changed; of an UPDATE, how many it found. */
  async write(sql: string): Promise<number> {
    return ((await this.#run(sql)).rows as ResultSetHeader).affectedRows
  }

  #run(sql: string): Promise<Answered> {
    this.#signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.isBroken = true
        this.#connection.destroy()
        reject(this.#signal.reason)
      }
      this.#signal.addEventListener('abort', onAbort, { once: true })
      const options = { sql, rowsAsArray: true, timeout: STATEMENT_TIMEOUT_MS, typeCast: asBytes }
      this.#connection.query(options, (error, rows, fields) => {
        this.#signal.removeEventListener('abort', onAbort)
        if (error === null) return resolve({ rows, fields })
        this.isBroken ||= error.fatal || error.code === 'PROTOCOL_SEQUENCE_TIMEOUT'
        reject(error)
      })
    })
  }
}

function asBytes(field: { buffer(): Buffer | null }): Buffer | null {
  return field.buffer()
}
