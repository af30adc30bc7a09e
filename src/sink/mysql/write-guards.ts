// Sends the guards that changed. How many rows the statement made and changed has to be what was found: otherwise somebody
// else was here in between, and what was decided may be wrong.

import { POSITIONS_TABLE } from './bookkeeping.ts'
import { binaryLiteral } from './literal.ts'
import { Raced } from './raced.ts'
import { keyText } from './row-key.ts'
import type { Guard, RowState } from './row-state.ts'
import type { Session } from './session.ts'

const ROWS_MAX = 1_000
const COLUMNS = ['position', 'mark', 'made', 'removed', 'deleted_at']
/** What the server answers for a row that it made, and for one that it changed. */
const MADE = 1
const CHANGED = 2

export async function writeGuards(session: Session, states: readonly RowState[]): Promise<void> {
  const lines = states.flatMap((state) => state.changedGuards.map(([name, guard]) => lineOf(state, name, guard)))
  for (let at = 0; at < lines.length; at += ROWS_MAX) await send(session, lines.slice(at, at + ROWS_MAX))
}

interface Line {
  readonly sql: string
  readonly weight: number
}

async function send(session: Session, lines: readonly Line[]): Promise<void> {
  const answered = await session.write(
    `INSERT INTO ${POSITIONS_TABLE} (target, row_key, guard, ${COLUMNS}) VALUES ${lines.map(({ sql }) => sql)}
      ON DUPLICATE KEY UPDATE ${COLUMNS.map((name) => `${name} = VALUES(${name})`)}`,
  )
  const expected = lines.reduce((sum, { weight }) => sum + weight, 0)
  if (answered !== expected) throw new Raced('the position of a row')
}

function lineOf({ shape, keyValues, found }: RowState, name: string, guard: Guard): Line {
  const { position, mark, made, removed, deletedAt } = guard
  const key = [shape.table, keyText(keyValues), name].map(binaryLiteral)
  const values = [position, mark, made, removed, deletedAt].map((value) =>
    value === null ? 'NULL' : binaryLiteral(value),
  )
  return { sql: `(${[...key, ...values]})`, weight: found.guards.has(name) ? CHANGED : MADE }
}
