// Rows of source tables for lookups: many values in one statement, the same values that row images hold, and the
// watermark as of which they were read.

import { MillraceError } from '../../core/errors.ts'
import type { Position } from '../../core/position.ts'
import type { Row } from '../../core/value.ts'
import type { LookupRequest } from '../source.ts'
import { LookupQuestion } from './lookup-question.ts'
import { RowSelect } from './select.ts'
import type { ReadRows, Sessions } from './sessions.ts'
import type { Watermarks } from './watermark.ts'

const VALUES_MAX = 500
const FRESH_MS = 1000

export interface LookupOptions {
  readonly sessions: Sessions
  readonly database: string
  readonly watermarks: Watermarks
}

export interface FoundRows {
  readonly rows: readonly (readonly Row[])[]
  readonly asOf: Position
}

export class Lookup {
  readonly #options: LookupOptions
  readonly #tables = new Map<string, KnownTable>()

  constructor(options: LookupOptions) {
    this.#options = options
  }

  async rows(request: LookupRequest, signal: AbortSignal): Promise<FoundRows> {
    // Taken before the rows are read: whatever it covers, they show.
    const asOf = await this.#options.watermarks.atLeast(request.atLeast ?? null, signal)
    const rows: (readonly Row[])[] = []
    for (let first = 0; first < request.values.length; first += VALUES_MAX) {
      const values = request.values.slice(first, first + VALUES_MAX)
      rows.push(...(await this.#find({ ...request, values }, signal)))
    }
    return { rows, asOf }
  }

  /** Once more when the table turns out to have changed since its columns were read. */
  async #find(request: LookupRequest, signal: AbortSignal): Promise<readonly (readonly Row[])[]> {
    const found = (await this.#tryToFind(request, signal)) ?? (await this.#tryToFind(request, signal))
    if (found !== null) return found
    throw new MillraceError('MYSQL_BEHIND', `Table ${request.table} is being altered.`)
  }

  async #tryToFind(request: LookupRequest, signal: AbortSignal): Promise<readonly (readonly Row[])[] | null> {
    const { table: name, columns } = request
    try {
      const table = this.#table(name)
      const question = new LookupQuestion(await table.select, request)
      if (question.sql === null) return question.answer([])
      const { rows, fields } = await this.#options.sessions.read(question.sql, signal)
      if (table.agrees(columns, fields)) return question.answer(rows)
      this.#tables.delete(name)
      return null
    } catch (error) {
      this.#tables.delete(name)
      throw error
    }
  }

  #table(name: string): KnownTable {
    const known = this.#tables.get(name)
    if (known?.isFresh) return known
    const { sessions, database } = this.#options
    const opened = new KnownTable(RowSelect.open((sql) => sessions.query(sql), database, name))
    this.#tables.set(name, opened)
    return opened
  }
}

/** A table's columns as they were read, for as long as nothing speaks against them. */
class KnownTable {
  readonly select: Promise<RowSelect>
  readonly #readMs = performance.now()
  /** What the server said of the answers, by the columns asked for. */
  readonly #told = new Map<string, string>()

  constructor(select: Promise<RowSelect>) {
    this.select = select
  }

  /** Some changes of a column do not show in an answer, its charset for one. */
  get isFresh(): boolean {
    return performance.now() - this.#readMs < FRESH_MS
  }

  agrees(columns: readonly string[], fields: ReadRows['fields']): boolean {
    const key = columns.join()
    const told = fields.slice(1).map((field) => [field.columnType, field.characterSet, field.decimals].join())
    const before = this.#told.get(key)
    this.#told.set(key, told.join(';'))
    return before === undefined || before === told.join(';')
  }
}
