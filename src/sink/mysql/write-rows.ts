// Sends what was decided: rows are deleted, those that are there are updated, the others inserted, as many at once as are
// alike. Where the server refuses some, it is found out which, and which write is to blame; nothing of the call may then be
// committed.

import type { Row } from '../../core/value.ts'
import { rowText } from './derived-rows.ts'
import { NamesText } from './names-text.ts'
import { Raced } from './raced.ts'
import { type RowState, together } from './row-state.ts'
import { ROW_STATEMENTS, type RowWay } from './row-statements.ts'
import type { Session } from './session.ts'
import { said, troubleOf } from './trouble.ts'

const ROWS_MAX = 1_000

export interface Writing {
  readonly session: Session
  readonly isMariadb: boolean
  /** A row that is there by now is a fault of the write, and no reason to begin again. */
  readonly isLast: boolean
}

export interface Statement {
  readonly sql: string
  readonly table: string
  readonly rows: number
}

/** In the order in which they are sent. */
const WAYS = Object.keys(ROW_STATEMENTS)

interface Line {
  readonly way: RowWay
  readonly state: RowState
  readonly values: Row
}

/** Why writes can never be applied, by owner. */
export async function writeRows(by: Writing, states: readonly RowState[]): Promise<ReadonlyMap<number, string>> {
  const refused: Line[] = []
  const inTheWay = new Set<RowState>()
  for (const lines of batches(states)) {
    // What could not be deleted is in the way of the row that takes its place.
    const failed = await send(by, inTheWay.size === 0 ? lines : lines.filter(({ state }) => !inTheWay.has(state)))
    for (const { way, state } of failed) if (way === 'delete') inTheWay.add(state)
    refused.push(...failed)
  }
  // What a row needs, or what was in its way, may have been written meanwhile.
  const failures = new Map<number, string>()
  for (const line of refused) {
    for (const each of line.way === 'delete' ? linesOf(line.state) : [line]) {
      const reason = await refusalOf(by, statementOf([each], by.isMariadb))
      if (reason === null) continue
      failures.set(...(await blame(by, each, reason)))
      break
    }
  }
  return failures
}

/** The statements that write them all, with the number of rows of each. */
export function statementsOf(states: readonly RowState[], isMariadb: boolean): readonly Statement[] {
  return Array.from(batches(states), (lines) => statementOf(lines, isMariadb))
}

/** Null, or why the server refuses it; a statement that fails leaves nothing behind. */
export async function refusalOf({ session, isLast }: Writing, { sql, table, rows }: Statement): Promise<string | null> {
  try {
    if ((await session.write(sql)) < rows) throw new Raced(`a row of ${table}`)
    return null
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble !== 'row' && !(trouble === 'twin' && isLast)) throw error
    return said(error)
  }
}

/** Those that one statement can write. */
function* batches(states: readonly RowState[]): Iterable<readonly Line[]> {
  const names = new NamesText()
  for (const ofWay of groups(states.flatMap(linesOf), ({ way }) => WAYS.indexOf(way))) {
    for (const ofTable of groups(ofWay, ({ state }) => state.row.shape.table)) {
      for (const alike of groups(ofTable, ({ values }) => names.of(values))) {
        for (let at = 0; at < alike.length; at += ROWS_MAX) yield alike.slice(at, at + ROWS_MAX)
      }
    }
  }
}

/** In the order of what they have in common. */
function groups(lines: readonly Line[], inCommon: (line: Line) => string | number): readonly (readonly Line[])[] {
  const found = [...Map.groupBy(lines, inCommon)].sort(([one], [other]) => (one < other ? -1 : 1))
  return found.map(([, group]) => group)
}

function linesOf(state: RowState): readonly Line[] {
  const { parts, deletedBy, found } = state
  const lines: Line[] = []
  if (deletedBy !== null) lines.push({ way: 'delete', state, values: {} })
  if (parts.length === 0) return lines
  const values = together(parts)
  if (!found.isThere || deletedBy !== null) lines.push({ way: 'insert', state, values })
  else if (Object.keys(values).length > 0) lines.push({ way: 'update', state, values })
  return lines
}

/** Those that the server refuses; the rest is written. */
async function send(by: Writing, lines: readonly Line[]): Promise<readonly Line[]> {
  if (lines.length === 0 || (await refusalOf(by, statementOf(lines, by.isMariadb))) === null) return []
  if (lines.length === 1) return lines
  const middle = Math.ceil(lines.length / 2)
  return [...(await send(by, lines.slice(0, middle))), ...(await send(by, lines.slice(middle)))]
}

function statementOf(lines: readonly Line[], isMariadb: boolean): Statement {
  const [first] = lines
  if (first === undefined) throw new RangeError('no rows to write')
  const { shape } = first.state.row
  const columns = Object.keys(first.values).flatMap((name) => shape.columns.get(name) ?? [])
  const all = [...shape.key, ...columns]
  const rows = lines.map(({ state, values }) => rowText(all, state.row.values, values))
  const sql = ROW_STATEMENTS[first.way]({ shape, columns, rows, isMariadb })
  return { sql, table: shape.table, rows: rows.length }
}

/** The first write with which the row is refused: the owner, and why. */
async function blame(by: Writing, line: Line, reason: string): Promise<readonly [number, string]> {
  const { way, state } = line
  if (way === 'delete') return [state.deletedBy ?? 0, reason]
  const { parts } = state
  for (let count = 1; count < parts.length; count++) {
    const values = together(parts.slice(0, count))
    await by.session.write('SAVEPOINT millrace')
    const why =
      Object.keys(values).length === 0 ? null : await refusalOf(by, statementOf([{ ...line, values }], by.isMariadb))
    await by.session.write('ROLLBACK TO SAVEPOINT millrace')
    if (why !== null) return [parts[count - 1]?.owner ?? 0, why]
  }
  return [parts.at(-1)?.owner ?? 0, reason]
}
