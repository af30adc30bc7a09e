// Adds to the counters of a row, each event once, however often its partition is delivered: the row's guards hold, for
// each reader of each partition, the account of what was counted, and both change in one transaction.

import { cursorScope } from '../../core/cursor.ts'
import type { Field } from '../../core/value.ts'
import type { Count } from '../../core/write.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import { CountedOffsets } from '../counted-offsets.ts'
import { Rejection } from '../rejection.ts'
import type { Stamp } from '../stamp.ts'
import { COUNTED } from './bookkeeping.ts'
import { heldValue } from './held-value.ts'
import { literal } from './literal.ts'
import { Raced } from './raced.ts'
import type { RowState } from './row-state.ts'
import type { Session } from './session.ts'
import { said, troubleOf } from './trouble.ts'

export interface Due {
  readonly count: Count
  readonly stamp: Stamp
  readonly owner: number
}

/** The guard that keeps the account of what a reader of a partition has counted. */
export function accountName({ reader, cursor }: Stamp): string {
  return `${COUNTED}${reader} ${cursorScope(cursor)}`
}

/** `dues` are of one reader and partition. Throws a Rejection where the row cannot take them. */
export async function countUp(session: Session, state: RowState, dues: readonly Due[]): Promise<void> {
  const [first] = dues
  if (first === undefined) return
  const { since, waits, isRetry } = first.stamp
  const scope = accountName(first.stamp)
  const account = CountedOffsets.read(state.guard(scope).position ?? undefined)
  const left = dues.filter(({ stamp }) => {
    const { offset } = stamp.cursor
    return !(isRetry ? account.names(offset) : account.has(offset))
  })
  if (left.length === 0) return
  await add(session, state, left)
  const offsets = [...new Set(left.map(({ stamp }) => stamp.cursor.offset))]
  state.mark(scope, { position: String(account.with(offsets, since, waits)) })
}

async function add(session: Session, state: RowState, dues: readonly Due[]): Promise<void> {
  const { shape, values: keyValues } = state.row
  const where = shape.key.map((column, at) => `${quotedName(column.name)} = ${literal(column, keyValues[at] ?? null)}`)
  const table = quotedName(shape.table)
  const sets = assignments(state, dues)
  await session.write('SAVEPOINT counting')
  try {
    if (!state.isThere) {
      const names = shape.key.map(({ name }) => quotedName(name))
      const values = shape.key.map((column, at) => literal(column, keyValues[at] ?? null))
      await session.write(`INSERT INTO ${table} (${names}) VALUES (${values})`)
    }
    if ((await session.write(`UPDATE ${table} SET ${sets} WHERE ${where.join(' AND ')}`)) === 0) {
      throw new Raced(`a row of ${shape.table}`)
    }
    state.isThere = true
  } catch (error) {
    if (troubleOf(error) !== 'row') throw error
    await session.write('ROLLBACK TO SAVEPOINT counting')
    throw new Rejection(said(error))
  }
}

/** The servers assign from left to right, so that a quotient is of the new counters. */
function assignments(state: RowState, dues: readonly Due[]): readonly string[] {
  const terms = new Map<string, string[]>()
  const greatest = new Map<string, string[]>()
  const ratios = new Map<string, readonly [string, string]>()
  for (const { count } of dues) {
    for (const [name, term] of Object.entries(count.add)) push(terms, name, termText(name, term))
    for (const [name, value] of Object.entries(count.greatest ?? {}))
      push(greatest, name, asLiteral(state, name, value))
    for (const [name, parts] of Object.entries(count.ratios ?? {})) ratios.set(name, parts)
  }
  const column = quotedName
  return [
    ...[...terms].map(([name, all]) => `${column(name)} = COALESCE(${column(name)}, 0) + ${summed(all)}`),
    ...[...greatest].map(([name, all]) => `${column(name)} = GREATEST(COALESCE(${column(name)}, ${all[0]}), ${all})`),
    ...[...ratios].map(([name, [of, by]]) => `${column(name)} = ${column(of)} / NULLIF(${column(by)}, 0)`),
  ]
}

function push(into: Map<string, string[]>, name: string, value: string): void {
  const all = into.get(name)
  if (all === undefined) into.set(name, [value])
  else all.push(value)
}

function termText(name: string, term: number): string {
  if (!Number.isFinite(term)) throw new Rejection(`it would add ${term} to ${name}`)
  return String(term)
}

function summed(terms: readonly string[]): string {
  const whole = terms.filter((term) => /^-?\d+$/u.test(term)).reduce((sum, term) => sum + BigInt(term), 0n)
  return [whole, ...terms.filter((term) => !/^-?\d+$/u.test(term))].map((term) => `(${term})`).join(' + ')
}

function asLiteral({ row: { shape } }: RowState, name: string, value: Field): string {
  const column = shape.columns.get(name)
  return column === undefined ? 'NULL' : literal(column, heldValue(column, value))
}
