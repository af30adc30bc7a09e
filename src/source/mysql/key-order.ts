// The order of a table's rows by primary key, in SQL: what lies behind a key, and where a page ends.

import { MillraceError } from '../../core/errors.ts'
import type { Value } from '../../core/value.ts'
import { kindOf } from './column-type.ts'
import { literal } from './literal.ts'
import type { NamedColumn } from './read-columns.ts'
import { quotedName } from './sql-name.ts'

type Side = 'after' | 'from' | 'upTo'

export class KeyOrder {
  readonly #table: string
  readonly #columns: readonly NamedColumn[]

  constructor(table: string, columns: readonly NamedColumn[]) {
    if (columns.length === 0) {
      throw new MillraceError(
        'SCOPE_INVALID',
        `the table ${table} has no primary key: its rows cannot be paged through`,
      )
    }
    this.#table = table
    this.#columns = columns
  }

  get by(): string {
    return this.#columns.map(({ name }) => quotedName(name)).join(', ')
  }

  get backwards(): string {
    return this.#columns.map(({ name }) => `${quotedName(name)} DESC`).join(', ')
  }

  /** Rows behind, from, or up to a key. The range is said once more by the first column alone, which any index serves. */
  bound(side: Side, key: readonly Value[]): string {
    if (key.length !== this.#columns.length) throw this.#invalid(`takes ${this.#names()}, not ${key.length} values`)
    const places = this.#columns.map((column, index) => this.#place(column, key[index] ?? null))
    const beyond = side === 'upTo' ? '<' : '>'
    const isStrict = side === 'after'
    const ways = places.map(({ expression, value }, index) => {
      const same = places.slice(0, index).map((before) => `${before.expression} = ${before.value}`)
      const isLast = index === places.length - 1
      return [...same, `${expression} ${beyond}${isLast && !isStrict ? '=' : ''} ${value}`].join(' AND ')
    })
    if (ways.length === 1) return ways.join()
    const [first] = places
    return `${first?.expression} ${beyond}= ${first?.value} AND (${ways.map((way) => `(${way})`).join(' OR ')})`
  }

  #place({ name, type }: NamedColumn, given: Value): { expression: string; value: string } {
    const column = quotedName(name)
    // Labels are in the order of their numbers, and compared as text they would be in another.
    if (type.name === 'enum')
      return { expression: `${column} + 0`, value: String(type.labels.indexOf(String(given)) + 1) }
    const value = literal(kindOf(type), given)
    if (value === null) throw this.#invalid(`cannot have "${given}" in ${name}`)
    return { expression: column, value }
  }

  #names(): string {
    return this.#columns.map(({ name }) => name).join(' and ')
  }

  #invalid(what: string): MillraceError {
    return new MillraceError('SCOPE_INVALID', `the primary key of ${this.#table} ${what}`)
  }
}
