// One lookup as a statement, and which of its values each row of the answer belongs to.

import type { Kind } from '../../core/table.ts'
import type { Row, Value } from '../../core/value.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import type { LookupRequest } from '../source.ts'
import { literal } from './literal.ts'
import type { RawValue, RowSelect } from './select.ts'

const INTEGERS: readonly string[] = ['int', 'long', 'ulong']

export class LookupQuestion {
  readonly #select: RowSelect
  readonly #kind: Kind
  readonly #request: LookupRequest
  /** Which values a row belongs to, by what is in its first column. */
  readonly #owners = new Map<string, number[]>()
  /** Null when no row can have any of the values. */
  readonly sql: string | null

  constructor(table: RowSelect, request: LookupRequest) {
    this.#select = table.pick(request.columns)
    this.#kind = table.pick([request.by]).shape.columns[0]?.kind ?? 'text'
    this.#request = request
    this.sql = INTEGERS.includes(this.#kind) ? this.#byNumber() : this.#byOrdinal()
  }

  /** Integers are equal only to themselves, so the rows can tell. */
  #byNumber(): string | null {
    const wanted = this.#literals()
    for (const [index, value] of wanted) this.#own(String(BigInt(value)), index)
    if (wanted.length === 0) return null
    const by = quotedName(this.#request.by)
    return `${this.#from(by)} WHERE ${by} IN (${[...this.#owners.keys()].join()})`
  }

  /** By a column's own collation several texts may be equal, so the server says for each value which rows have it. */
  #byOrdinal(): string | null {
    const wanted = this.#literals()
    for (const [index] of wanted) this.#own(String(index), index)
    if (wanted.length === 0) return null
    const by = quotedName(this.#request.by)
    return wanted.map(([index, value]) => `(${this.#from(String(index))} WHERE ${by} = ${value})`).join(' UNION ALL ')
  }

  #literals(): (readonly [index: number, value: string])[] {
    return this.#request.values.flatMap((value, index) => {
      const text = literal(this.#kind, value as Value)
      return text === null ? [] : [[index, text] as const]
    })
  }

  #own(first: string, index: number): void {
    const owners = this.#owners.get(first)
    if (owners === undefined) this.#owners.set(first, [index])
    else owners.push(index)
  }

  #from(first: string): string {
    const { shape, list } = this.#select
    return `SELECT DISTINCT ${first}, ${list} FROM ${quotedName(shape.database)}.${quotedName(shape.name)}`
  }

  /** The rows of each value. */
  answer(rows: readonly (readonly RawValue[])[]): readonly (readonly Row[])[] {
    const found = this.#request.values.map((): Row[] => [])
    for (const [first, ...cells] of rows) {
      const { row } = this.#select.row(cells).image
      for (const owner of this.#owners.get(String(BigInt(String(first)))) ?? []) found[owner]?.push(row)
    }
    return found
  }
}
