// A table's rows page by page, in the order of the primary key, without locks: each page is one short statement, and its
// rows carry the watermark that was taken before it. A change that the page does not show lies behind that watermark, so
// it wins, whichever of the two arrives first.

import { MillraceError } from '../../core/errors.ts'
import { ChangeEvent } from '../../core/event.ts'
import type { Position } from '../../core/position.ts'
import { quotedName, quotedText } from '../../mysql/sql-name.ts'
import type { Bookmark, PageRequest, RowFilter, RowPage, RowScope } from '../source.ts'
import { formatKey, parseKey } from './key-bookmark.ts'
import { KeyOrder } from './key-order.ts'
import { literal } from './literal.ts'
import { type RawValue, RowSelect } from './select.ts'
import type { Sessions } from './sessions.ts'

export interface RowPagesOptions {
  readonly sessions: Sessions
  readonly database: string
  /** The source's name. */
  readonly origin: string
  readonly watermark: () => Promise<Position>
}

/** What a page's statement is made of. */
interface Question {
  readonly select: RowSelect
  readonly order: KeyOrder
  readonly conditions: readonly string[]
  readonly filters: readonly string[]
}

export class RowPages {
  readonly #options: RowPagesOptions

  constructor(options: RowPagesOptions) {
    this.#options = options
  }

  async page(request: PageRequest, signal: AbortSignal): Promise<RowPage> {
    const startMs = performance.now()
    const position = await this.#options.watermark()
    const question = await this.#question(request)
    const end = question.filters.length === 0 ? null : await this.#end(question, request, signal)
    const upTo = end?.key ?? null
    const bound = upTo === null ? [] : [question.order.bound('upTo', parseKey(upTo))]
    const where = [...question.conditions, ...bound, ...question.filters]
    const limit = upTo !== null ? '' : ` LIMIT ${request.rowsMax}`
    const { select, order } = question
    const { rows } = await this.#read(
      `SELECT ${select.list} ${this.#from(select)}${clause(where)} ORDER BY ${order.by}${limit}`,
      signal,
    )
    const tookMs = performance.now() - startMs
    const events = rows.map((row, index) => this.#event(select, row, { position, row: index, run: request.run }))
    const last = events.at(-1)
    const isFull = events.length === request.rowsMax && last !== undefined
    const lastKey = isFull ? formatKey(select.shape.key, last.key) : null
    return { events, next: end === null ? lastKey : end.key, tookMs }
  }

  /** Of the key's bounds alone: a filter would have to look at many rows for it. */
  async last(scope: RowScope, signal: AbortSignal): Promise<Bookmark | null> {
    const { select, order, conditions } = await this.#question({
      scope: { ...scope, filters: [] },
      after: null,
      upTo: null,
    })
    const key = select.pick(select.shape.key)
    const sql = `SELECT ${key.list} ${this.#from(select)}${clause(conditions)} ORDER BY ${order.backwards} LIMIT 1`
    const [last] = (await this.#read(sql, signal)).rows
    return last === undefined ? null : formatKey(select.shape.key, key.row(last).image.row)
  }

  /** The server's own estimate for a whole table, which is near enough for a bar that moves. */
  async expect({ table, from, to, filters }: RowScope): Promise<number | null> {
    if (from !== null || to !== null || filters.length > 0) return null
    const [row] = await this.#options.sessions.query(
      `SELECT TABLE_ROWS AS estimate FROM information_schema.TABLES
       WHERE TABLE_SCHEMA = ${quotedText(this.#options.database)} AND TABLE_NAME = ${quotedText(table)}`,
    )
    return row?.estimate == null ? null : Number(row.estimate)
  }

  /** With a filter few rows may be left of many: a page then ends at a key, so that no statement looks at more rows. */
  async #end(question: Question, { rowsMax }: PageRequest, signal: AbortSignal): Promise<{ key: string | null }> {
    const { select, order, conditions } = question
    const key = select.pick(select.shape.key)
    const sql = `SELECT ${key.list} ${this.#from(select)}${clause(conditions)} ORDER BY ${order.by} LIMIT ${rowsMax - 1}, 1`
    const { rows } = await this.#read(sql, signal)
    const [last] = rows
    return { key: last === undefined ? null : formatKey(select.shape.key, key.row(last).image.row) }
  }

  /** The columns are asked for anew: a table may be altered between two pages. */
  async #question({ scope, after, upTo }: Pick<PageRequest, 'scope' | 'after' | 'upTo'>): Promise<Question> {
    const { sessions, database } = this.#options
    const select = await RowSelect.open((sql) => sessions.query(sql), database, scope.table)
    const order = new KeyOrder(scope.table, select.key)
    const lower = after === null ? scope.from && order.bound('from', scope.from) : order.bound('after', parseKey(after))
    const upper = scope.to && order.bound('upTo', scope.to)
    const end = upTo && order.bound('upTo', parseKey(upTo))
    const conditions = [lower, upper, end].filter((condition) => condition !== null)
    const filters = await Promise.all(scope.filters.map((filter) => this.#filter(select, filter)))
    return { select, order, conditions, filters }
  }

  async #filter(select: RowSelect, { column, is, value, through }: RowFilter): Promise<string> {
    const { sessions, database } = this.#options
    if (through === undefined) return `${quotedName(column)} ${is} ${literalFor(select, column, value)}`
    const other = await RowSelect.open((sql) => sessions.query(sql), database, through.table)
    const among = `SELECT ${quotedName(through.by)} ${this.#from(other)} WHERE ${quotedName(through.column)} ${is} ${literalFor(other, through.column, value)}`
    select.pick([column])
    other.pick([through.by])
    return `${quotedName(column)} IN (${among})`
  }

  #from({ shape }: RowSelect): string {
    return `FROM ${quotedName(shape.database)}.${quotedName(shape.name)}`
  }

  #read(sql: string, signal: AbortSignal): ReturnType<Sessions['read']> {
    return this.#options.sessions.read(sql, signal)
  }

  #event(
    select: RowSelect,
    raw: readonly RawValue[],
    by: { position: Position; row: number; run: string },
  ): ChangeEvent {
    const { keyImage, image, fault } = select.row(raw)
    return new ChangeEvent({
      shape: select.shape,
      op: 'read',
      keyImage,
      beforeImage: null,
      afterImage: image,
      position: by.position,
      changedAtMs: Date.now(),
      origin: this.#options.origin,
      whereabouts: { gtid: null, file: '', offset: 0, row: by.row, serverId: 0 },
      run: by.run,
      fault,
    })
  }
}

function clause(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
}

function literalFor(select: RowSelect, column: string, value: RowFilter['value']): string {
  const kind = select.pick([column]).shape.columns[0]?.kind ?? 'text'
  const text = literal(kind, value)
  if (text !== null) return text
  throw new MillraceError('SCOPE_INVALID', `no row of ${select.shape.name} can have "${value}" in ${column}`)
}
