// Sends the guards that changed. How many rows the statement made and changed has to be what was found: otherwise somebody
// else was here in between, and what was decided may be wrong.

import { POSITIONS_TABLE } from './bookkeeping.ts'
import { bytesLiteral } from './literal.ts'
import { Raced } from './raced.ts'
import { noteRemoval } from './removals.ts'
import { GUARD_PARTS, type Guard, type RowState } from './row-state.ts'
import type { Session } from './session.ts'

const ROWS_MAX = 1_000
const COLUMNS: Readonly<Record<keyof Guard, string>> = {
  position: 'position',
  mark: 'mark',
  made: 'made',
  removed: 'removed',
  deletedAt: 'deleted_at',
  contests: 'contests',
}
/** What the server answers for a row that it made, and for one that it changed. */
const MADE = 1
const CHANGED = 2

interface Line {
  readonly table: string
  readonly key: string
  readonly guard: Guard
  /** Null where there was none. */
  readonly before: Guard | null
}

export async function writeGuards(session: Session, states: readonly RowState[]): Promise<void> {
  const lines = states.flatMap(linesOf)
  const removing = lines.filter(({ guard, before }) => guard.removed !== null && guard.removed !== before?.removed)
  for (const table of new Set(removing.map(({ table }) => table))) await noteRemoval(session, table)
  for (let at = 0; at < lines.length; at += ROWS_MAX) await send(session, lines.slice(at, at + ROWS_MAX))
}

function linesOf(state: RowState): readonly Line[] {
  const { row, found, changedGuards } = state
  return changedGuards.map(({ name, guard }) => {
    const { table } = row.shape
    const key = [table, row.text, name].map(bytesLiteral).join()
    return { table, key, guard, before: found.guards?.get(name) ?? null }
  })
}

async function send(session: Session, lines: readonly Line[]): Promise<void> {
  // Mostly it is the position alone.
  const parts = GUARD_PARTS.filter((part) =>
    lines.some(({ guard, before }) => guard[part] !== (before?.[part] ?? null)),
  )
  const names = parts.map((part) => COLUMNS[part])
  const rows = lines.map(({ key, guard }) => `(${[key, ...parts.map((part) => bytesLiteral(guard[part]))]})`)
  const answered = await session.write(
    `INSERT INTO ${POSITIONS_TABLE} (target, row_key, guard, ${names}) VALUES ${rows}
      ON DUPLICATE KEY UPDATE ${names.map((name) => `${name} = VALUES(${name})`)}`,
  )
  const expected = lines.reduce((sum, { before }) => sum + (before === null ? MADE : CHANGED), 0)
  if (answered !== expected) throw new Raced('the position of a row')
}
