// Sends what was decided: rows that are there are updated, the others inserted, as many at once as are alike. Where the
// server refuses some, it is found out which, and which write is to blame; nothing of the call may then be committed.

import type { Value } from '../../core/value.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import { derivedRows, joinedByKey } from './derived-rows.ts'
import { literal } from './literal.ts'
import { Raced } from './raced.ts'
import { type RowState, together } from './row-state.ts'
import type { Session } from './session.ts'
import type { TargetColumn, TargetShape } from './target-column.ts'
import { said, troubleOf } from './trouble.ts'

const ROWS_MAX = 1_000

export interface Writing {
  readonly session: Session
  readonly isMariadb: boolean
  /** A row that is there by now is a fault of the write, and no reason to begin again. */
  readonly isLast: boolean
}

interface Line {
  readonly state: RowState
  readonly values: ReadonlyMap<string, Value>
}

/** Why writes can never be applied, by owner. */
export async function writeRows(by: Writing, states: readonly RowState[]): Promise<ReadonlyMap<number, string>> {
  const refused: Line[] = []
  for (const lines of groups(states)) {
    for (let at = 0; at < lines.length; at += ROWS_MAX) {
      refused.push(...(await send(by, lines.slice(at, at + ROWS_MAX))))
    }
  }
  // What a row needs, or what was in its way, may have been written meanwhile.
  const failures = new Map<number, string>()
  for (const line of refused) {
    const reason = await refusal(by, line)
    if (reason !== null) failures.set(...(await blame(by, line, reason)))
  }
  return failures
}

/** Those that one statement can write; updates first, for they may make room. */
function groups(states: readonly RowState[]): readonly (readonly Line[])[] {
  const lines = states.map((state) => ({ state, values: together(state.parts) }))
  const due = lines.filter(({ state, values }) => state.parts.length > 0 && (values.size > 0 || !state.found.isThere))
  const alike = Map.groupBy(due, ({ state, values }) =>
    [state.found.isThere ? 0 : 1, state.shape.table, ...[...values.keys()].sort()].join('\u0000'),
  )
  return [...alike].sort(([one], [other]) => (one[0] ?? '').localeCompare(other[0] ?? '')).map(([, group]) => group)
}

/** Those that the server refuses; the rest is written. A statement that fails leaves nothing behind. */
async function send(by: Writing, lines: readonly Line[]): Promise<readonly Line[]> {
  if (lines.length === 0 || (await refusalOf(by, lines)) === null) return []
  if (lines.length === 1) return lines
  const middle = Math.ceil(lines.length / 2)
  return [...(await send(by, lines.slice(0, middle))), ...(await send(by, lines.slice(middle)))]
}

function refusal(by: Writing, line: Line): Promise<string | null> {
  return refusalOf(by, [line])
}

async function refusalOf({ session, isMariadb, isLast }: Writing, lines: readonly Line[]): Promise<string | null> {
  const [{ state, values } = { state: undefined, values: new Map() }] = lines
  if (state === undefined) return null
  const { shape } = state
  const columns = [...values.keys()].flatMap((name) => shape.columns.get(name) ?? [])
  const rows = lines.map((line) => [
    ...line.state.keyValues,
    ...columns.map(({ name }) => line.values.get(name) ?? null),
  ])
  const statement = state.found.isThere ? update : insert
  try {
    const found = await session.write(statement({ shape, columns, rows, isMariadb }))
    if (found < rows.length) throw new Raced(`a row of ${shape.table}`)
    return null
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble !== 'row' && !(trouble === 'twin' && isLast)) throw error
    return said(error)
  }
}

interface Rows {
  readonly shape: TargetShape
  readonly columns: readonly TargetColumn[]
  /** The key's values first. */
  readonly rows: readonly (readonly Value[])[]
  readonly isMariadb: boolean
}

function insert({ shape, columns, rows }: Rows): string {
  const all = [...shape.key, ...columns]
  const lines = rows.map((row) => `(${all.map((column, at) => literal(column, row[at] ?? null))})`)
  return `INSERT INTO ${quotedName(shape.table)} (${all.map(({ name }) => quotedName(name))}) VALUES ${lines}`
}

/**
 * Not INSERT ... ON DUPLICATE KEY UPDATE: that wants every column that has no default, runs the triggers of an insert,
 * and is no faster.
 */
function update({ shape, columns, rows, isMariadb }: Rows): string {
  const values = derivedRows({ columns: [...shape.key, ...columns], rows, isMariadb })
  const sets = columns.map(({ name }, at) => `t.${quotedName(name)} = v.c${shape.key.length + at}`)
  return `UPDATE ${values} STRAIGHT_JOIN ${quotedName(shape.table)} t ON ${joinedByKey(shape.key)} SET ${sets}`
}

/** The first write with which the row is refused: the owner, and why. */
async function blame(by: Writing, { state }: Line, reason: string): Promise<readonly [number, string]> {
  const { parts } = state
  for (let count = 1; count < parts.length; count++) {
    const line = { state, values: together(parts.slice(0, count)) }
    await by.session.write('SAVEPOINT millrace')
    const why = line.values.size === 0 ? null : await refusal(by, line)
    await by.session.write('ROLLBACK TO SAVEPOINT millrace')
    if (why !== null) return [parts[count - 1]?.owner ?? 0, why]
  }
  return [parts.at(-1)?.owner ?? 0, reason]
}
