// A table that a run fills anew beside the one in use, and that takes its place when all of it is there. Which runs are at it
// is on record, so that one goes on in another process, and what is replayed of one that is over goes the ordinary way.

import { quotedName } from '../../../mysql/sql-name.ts'
import { binaryLiteral } from '../literal.ts'
import type { Session } from '../session.ts'
import { RUNS_TABLE } from './runs-table.ts'

const REBUILDS_TABLE = 'millrace_rebuilds'

export const CREATE_REBUILDS = `CREATE TABLE IF NOT EXISTS ${REBUILDS_TABLE} (
  target VARBINARY(64) NOT NULL,
  run VARBINARY(36) NOT NULL,
  ended_at DATETIME NULL,
  PRIMARY KEY (target, run)
) ENGINE = InnoDB`
export const DROP_REBUILDS = `DROP TABLE IF EXISTS ${REBUILDS_TABLE}`

export interface Rebuild {
  readonly table: string
  readonly run: string
}

const NAME_MAX = 64
const RUN_DIGITS = 12

/** Where the run puts the rows until they are all there. */
export function besideName({ table, run }: Rebuild, before = ''): string {
  const ending = `_${before}${run.replaceAll('-', '').slice(0, RUN_DIGITS)}`
  return `${table.slice(0, NAME_MAX - ending.length)}${ending}`
}

/** Once for each run; outside of any transaction, which making a table would end. */
export async function beginRebuild(session: Session, rebuild: Rebuild): Promise<void> {
  if ((await standing(session, rebuild)) !== null) return
  const { table, run } = rebuild
  await session.write(`CREATE TABLE IF NOT EXISTS ${quotedName(besideName(rebuild))} LIKE ${quotedName(table)}`)
  await session.write(
    `INSERT IGNORE INTO ${REBUILDS_TABLE} (target, run) VALUES (${binaryLiteral(table)}, ${binaryLiteral(run)})`,
  )
}

/** It goes on at least until the transaction ends. */
export async function isUnderWay(session: Session, rebuild: Rebuild): Promise<boolean> {
  return (await standing(session, rebuild)) === 'under way'
}

/** One statement: whoever asks finds the old rows or the new ones, and never none. Safe to repeat. */
export async function swapIn(session: Session, rebuild: Rebuild): Promise<void> {
  const [table, beside, former] = [rebuild.table, besideName(rebuild), besideName(rebuild, 'was_')].map(quotedName)
  if (await isThere(session, besideName(rebuild)))
    await session.write(`RENAME TABLE ${table} TO ${former}, ${beside} TO ${table}`)
  await endRebuild(session, rebuild)
}

/** Takes what is left of it away. */
export async function endRebuild(session: Session, rebuild: Rebuild): Promise<void> {
  await session.write(
    `UPDATE ${REBUILDS_TABLE} SET ended_at = COALESCE(ended_at, UTC_TIMESTAMP())
      WHERE target = ${binaryLiteral(rebuild.table)} AND run = ${binaryLiteral(rebuild.run)}`,
  )
  for (const before of ['', 'was_'])
    await session.write(`DROP TABLE IF EXISTS ${quotedName(besideName(rebuild, before))}`)
}

/** All that the run has begun and not ended. */
export async function endRebuildsOf(session: Session, run: string): Promise<void> {
  const begun = await session.rows(
    `SELECT target FROM ${REBUILDS_TABLE} WHERE run = ${binaryLiteral(run)} AND ended_at IS NULL`,
  )
  for (const [table] of begun) await endRebuild(session, { table: String(table), run })
}

/** Those of runs that came before this one, and never came to their end: what they have is older by now. */
export async function endOlderRebuilds(session: Session, { table, run }: Rebuild): Promise<void> {
  const number = (of: string) => `(SELECT number FROM ${RUNS_TABLE} WHERE run = ${of})`
  const older = await session.rows(
    `SELECT run FROM ${REBUILDS_TABLE} r WHERE target = ${binaryLiteral(table)} AND ended_at IS NULL
      AND ${number('r.run')} < ${number(binaryLiteral(run))}`,
  )
  for (const [one] of older) await endRebuild(session, { table, run: String(one) })
}

async function standing(session: Session, { table, run }: Rebuild): Promise<'under way' | 'over' | null> {
  const [row] = await session.rows(
    `SELECT ended_at IS NULL FROM ${REBUILDS_TABLE} WHERE target = ${binaryLiteral(table)} AND run = ${binaryLiteral(run)}
      LOCK IN SHARE MODE`,
  )
  if (row === undefined) return null
  return String(row[0]) === '1' ? 'under way' : 'over'
}

export async function isThere(session: Session, table: string): Promise<boolean> {
  const found = await session.rows(
    `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${binaryLiteral(table)}`,
  )
  return found.length > 0
}
