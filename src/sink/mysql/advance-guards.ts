// Moves guards on without having looked at them, as far as nobody else has, and nothing but a position stands in them.

import type { Position } from '../../core/position.ts'
import { POSITIONS_TABLE } from './bookkeeping.ts'
import { bytesLiteral } from './literal.ts'
import type { Session, Upserted } from './session.ts'

const ROWS_MAX = 1_000

export interface Advance {
  /** The text of the row's key. */
  readonly row: string
  readonly guard: string
  readonly position: Position
}

/** A guard may be moved on several times, from one position to the next. What is kept is more than a position, or newer. */
export async function advanceGuards(session: Session, table: string, all: readonly Advance[]): Promise<Upserted> {
  let sum: Upserted = { made: 0, changed: 0, kept: 0 }
  // Alike in length: of a single row the server does not say enough.
  const length = Math.ceil(all.length / Math.ceil(all.length / ROWS_MAX))
  for (let at = 0; at < all.length; at += length) {
    const one = await send(session, table, all.slice(at, at + length))
    sum = { made: sum.made + one.made, changed: sum.changed + one.changed, kept: sum.kept + one.kept }
  }
  return sum
}

function send(session: Session, table: string, lines: readonly Advance[]): Promise<Upserted> {
  const target = bytesLiteral(table)
  const rows = lines.map(
    ({ row, guard, position }) => `(${target},${bytesLiteral(row)},${bytesLiteral(guard)},${bytesLiteral(position)})`,
  )
  const isPlain = 'mark IS NULL AND removed IS NULL AND contests IS NULL'
  return session.upsert(
    `INSERT INTO ${POSITIONS_TABLE} (target, row_key, guard, position) VALUES ${rows}
      ON DUPLICATE KEY UPDATE position =
        IF(position < VALUES(position) AND ${isPlain}, VALUES(position), position)`,
    lines.length,
  )
}
