// One connection while it is in use: statements one by one, or along with the next one where nobody waits for their answers,
// every value as the server's own bytes. What breaks it off in the middle of a statement also ends it, and the server then takes
// back what was not committed.

import { Readable } from 'node:stream'
import type { FieldPacket, PoolConnection, ResultSetHeader } from 'mysql2'

export type Answer = readonly (Buffer | null)[]

/** A statement that went ahead of another one: its answer is there once that one's is. */
export interface Ahead {
  readonly rows: readonly Answer[]
}

interface Waiting {
  readonly sql: string
  rows: readonly Answer[]
}

interface Answered {
  readonly rows: unknown
  readonly fields: readonly FieldPacket[]
}

export interface Upserted {
  readonly made: number
  readonly changed: number
  /** What the server does not tell counts as that too. */
  readonly kept: number
}

const STATEMENT_TIMEOUT_MS = 60_000

export class Session {
  readonly #connection: PoolConnection
  readonly #signal: AbortSignal
  /** What goes out with the next statement. */
  #ahead: Waiting[] = []
  isBroken = false

  constructor(connection: PoolConnection, signal: AbortSignal) {
    this.#connection = connection
    this.#signal = signal
  }

  /**
   * A statement that nobody has to wait for: it goes out along with the next one, and both cost a single way to the server and
   * back. Where it fails, the next one fails with its error and is not carried out.
   */
  ahead(sql: string): Ahead {
    const waiting: Waiting = { sql, rows: [] }
    this.#ahead.push(waiting)
    return waiting
  }

  /** Resolves when nothing waits any more. */
  async settle(): Promise<void> {
    const last = this.#ahead.pop()
    if (last !== undefined) last.rows = await this.rows(last.sql)
  }

  /** What waits will not be sent any more. */
  drop(): void {
    this.#ahead = []
  }

  async rows(sql: string): Promise<readonly Answer[]> {
    return answerIn((await this.#run(sql)).rows)
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

  /** What an INSERT ... ON DUPLICATE KEY UPDATE of so many rows, at least two, did to them. */
  async upsert(sql: string, rows: number): Promise<Upserted> {
    const { affectedRows, info } = (await this.#run(sql)).rows as ResultSetHeader
    // Records: 3  Duplicates: 2  Warnings: 0, in the language of the server; a row that was changed is affected twice.
    const [records, duplicates = 0] = (info.match(/\d+/gu) ?? []).map(Number)
    if (records !== rows) return { made: 0, changed: 0, kept: rows }
    const changed = affectedRows - records
    return { made: records - duplicates, changed, kept: duplicates - changed }
  }

  /** A LOAD DATA LOCAL INFILE, which is given these bytes for its file. */
  async load(sql: string, bytes: Buffer): Promise<{ readonly loaded: number; readonly warnings: number }> {
    const { rows } = await this.#run(sql, {
      infileStreamFactory: () => Readable.from([bytes], { objectMode: false }),
    })
    const { affectedRows, warningStatus } = rows as ResultSetHeader
    return { loaded: affectedRows, warnings: warningStatus }
  }

  async #run(last: string, infile: { infileStreamFactory?: () => Readable } = {}): Promise<Answered> {
    const ahead = this.#ahead
    if (ahead.length === 0) return this.#send(last, infile)
    this.#ahead = []
    const { rows, fields } = await this.#send([...ahead.map(({ sql }) => sql), last].join(';'), infile)
    const answers = {
      rows: rows as readonly unknown[],
      fields: fields as unknown as readonly (readonly FieldPacket[])[],
    }
    for (const [at, waiting] of ahead.entries()) waiting.rows = answerIn(answers.rows[at])
    return { rows: answers.rows[ahead.length], fields: answers.fields[ahead.length] ?? [] }
  }

  #send(sql: string, infile: { infileStreamFactory?: () => Readable }): Promise<Answered> {
    this.#signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.isBroken = true
        this.#connection.destroy()
        reject(this.#signal.reason)
      }
      this.#signal.addEventListener('abort', onAbort, { once: true })
      const options = { sql, rowsAsArray: true, timeout: STATEMENT_TIMEOUT_MS, typeCast: false, ...infile }
      this.#connection.query(options, (error, rows, fields) => {
        this.#signal.removeEventListener('abort', onAbort)
        if (error === null) return resolve({ rows, fields })
        this.isBroken ||= error.fatal || error.code === 'PROTOCOL_SEQUENCE_TIMEOUT'
        reject(error)
      })
    })
  }
}

function answerIn(rows: unknown): readonly Answer[] {
  return Array.isArray(rows) ? (rows as unknown as Answer[]) : []
}
