// Whether rows of a table were removed. Of most tables none ever was, and one row of the positions says so for all of them:
// who goes by it holds it, and who removes the first waits until they are done.

import { PLAIN, POSITIONS_TABLE } from './bookkeeping.ts'
import { bytesLiteral } from './literal.ts'
import type { Session } from './session.ts'

/** No connector's guard is called that. */
const ANY = 'any removed'
const NO_ROW = ''
const YES = 'yes'

/** Of what is to be committed now; who is about to remove one is waited for. */
export async function isAnyRemoved(session: Session, table: string, rows: readonly string[]): Promise<boolean> {
  const [ever] = await session.rows(
    `SELECT removed IS NOT NULL FROM ${POSITIONS_TABLE} WHERE ${placeOf(table)} LOCK IN SHARE MODE`,
  )
  if (ever !== undefined && String(ever[0]) === '0') return false
  if (ever === undefined) await begin(session, table)
  return isOneOf(session, table, rows)
}

/** Before it is removed for others to see. */
export async function noteRemoval(session: Session, table: string): Promise<void> {
  const known = await session.rows(`SELECT 1 FROM ${POSITIONS_TABLE} WHERE ${placeOf(table)} AND removed IS NOT NULL`)
  if (known.length > 0) return
  await session.write(
    `INSERT INTO ${POSITIONS_TABLE} (target, row_key, guard, removed) VALUES (${literals(table)}, '${YES}')
      ON DUPLICATE KEY UPDATE removed = '${YES}'`,
  )
}

/** Rows may have been removed before anybody kept this. */
async function begin(session: Session, table: string): Promise<void> {
  await session.write(
    `INSERT IGNORE INTO ${POSITIONS_TABLE} (target, row_key, guard, removed)
      SELECT ${literals(table)}, MAX('${YES}') FROM ${POSITIONS_TABLE}
      WHERE target = ${bytesLiteral(table)} AND removed IS NOT NULL`,
  )
}

/** What removed a row stands in its plain guard, whichever the guard is that is moved on. */
async function isOneOf(session: Session, table: string, rows: readonly string[]): Promise<boolean> {
  const list = rows.map(bytesLiteral)
  const found = await session.rows(
    `SELECT 1 FROM ${POSITIONS_TABLE} WHERE target = ${bytesLiteral(table)} AND guard = '${PLAIN}' AND row_key IN (${list})
      AND removed IS NOT NULL LIMIT 1 FOR UPDATE`,
  )
  return found.length > 0
}

function placeOf(table: string): string {
  return `target = ${bytesLiteral(table)} AND row_key = '${NO_ROW}' AND guard = '${ANY}'`
}

function literals(table: string): string {
  return `${bytesLiteral(table)}, '${NO_ROW}', '${ANY}'`
}
