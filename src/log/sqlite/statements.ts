// The prepared statements of one connection: each text is compiled once. The schema is STRICT, so a row has the type
// that the query says.

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { MillraceError } from '../../core/errors.ts'

type Values = readonly SQLInputValue[]

export class Statements {
  readonly #db: DatabaseSync
  readonly #compiled = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  run(query: string, ...values: Values): number {
    return Number(this.#compile(query).run(...values).changes)
  }

  row<Row>(query: string, ...values: Values): Row | undefined {
    return this.#compile(query).get(...values) as Row | undefined
  }

  /** The row of a query that always has one. */
  one<Row>(query: string, ...values: Values): Row {
    const row = this.row<Row>(query, ...values)
    if (row === undefined) throw new MillraceError('INTERNAL', `The log file has no row for: ${query}`)
    return row
  }

  rows<Row>(query: string, ...values: Values): readonly Row[] {
    return this.#compile(query).all(...values) as unknown as readonly Row[]
  }

  /** Rows one at a time; the statement is released when the loop ends. Never await inside: it holds a snapshot. */
  each<Row>(query: string, ...values: Values): Iterable<Row> {
    return this.#compile(query).iterate(...values) as Iterable<Row>
  }

  #compile(query: string): StatementSync {
    const known = this.#compiled.get(query)
    if (known !== undefined) return known
    const compiled = this.#db.prepare(query)
    this.#compiled.set(query, compiled)
    return compiled
  }
}
