// The order of a table's rows by primary key, in SQL: what lies behind a key, and where a page ends.

import { MillraceError } from '../../core/errors.ts'
import type { Value } from '../../core/value.ts'
import { kindOf } from '../../mysql/column-type.ts'
import type { NamedColumn } from '../../mysql/read-columns.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import { literal } from './literal.ts'

interface Place {
  readonly expression: string
  readonly value: string
}

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
    const places = this.#places(key).map(({ name, place }, index) => {
      if (place === null) throw this.#invalid(`cannot have "${key[index] ?? null}" in ${name}`)
      return place
    })
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

  /** The row with this key; null when there can be none. */
  same(key: readonly Value[]): string | null {
    const places = this.#places(key)
    if (places.some(({ place }) => place === null)) return null
    return places.map(({ place }) => `${place?.expression} = ${place?.value}`).join(' AND ')
  }

  #places(key: readonly Value[]): readonly { readonly name: string; readonly place: Place | null }[] {
    if (key.length !== this.#columns.length) throw this.#invalid(`takes ${this.#names()}, not ${key.length} values`)
    return this.#columns.map((column, index) => ({ name: column.name, place: placeOf(column, key[index] ?? null) }))
  }

  #names(): string {
    return this.#columns.map(({ name }) => name).join(' and ')
  }

  #invalid(what: string): MillraceError {
    return new MillraceError('SCOPE_INVALID', `the primary key of ${this.#table} ${what}`)
  }
}

/** Null when no row can have the value. */
function placeOf({ name, type }: NamedColumn, given: Value): Place | null {
  const column = quotedName(name)
  if (type.name === 'enum') {
    // Labels are in the order of their numbers, and compared as text they would be in another. 0 is MySQL's for none.
    const number = type.labels.indexOf(String(given)) + 1
    return number === 0 && given !== '' ? null : { expression: `${column} + 0`, value: String(number) }
  }
  const value = literal(kindOf(type), given)
  return value === null ? null : { expression: column, value }
}
