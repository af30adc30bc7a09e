// Which runs have come to the tables, in the order in which they came, and which of them were taken back: these bring nothing
// any more, whatever of them is replayed.

import { binaryLiteral } from '../literal.ts'
import type { Session } from '../session.ts'

export const RUNS_TABLE = 'millrace_imports'

export const CREATE_RUNS = `CREATE TABLE IF NOT EXISTS ${RUNS_TABLE} (
  run VARBINARY(36) NOT NULL PRIMARY KEY,
  number BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE,
  undone_at DATETIME NULL
) ENGINE = InnoDB`
export const DROP_RUNS = `DROP TABLE IF EXISTS ${RUNS_TABLE}`

export interface EnteredRun {
  readonly run: string
  /** Grows from one run to the next. */
  readonly number: number
  readonly isUndone: boolean
}

/** Until the transaction ends, none of them is taken back. */
export async function enterRuns(session: Session, runs: readonly string[]): Promise<ReadonlyMap<string, EnteredRun>> {
  const known = await enteredRuns(session, runs)
  const fresh = runs.filter((run) => !known.has(run))
  if (fresh.length === 0) return known
  const rows = fresh.map((run) => `(${binaryLiteral(run)})`)
  await session.write(`INSERT IGNORE INTO ${RUNS_TABLE} (run) VALUES ${rows}`)
  return enteredRuns(session, runs)
}

/** Waits for what the run is writing. */
export async function markUndone(session: Session, run: string): Promise<void> {
  await session.write(
    `INSERT INTO ${RUNS_TABLE} (run, undone_at) VALUES (${binaryLiteral(run)}, UTC_TIMESTAMP())
      ON DUPLICATE KEY UPDATE undone_at = COALESCE(undone_at, VALUES(undone_at))`,
  )
}

/** Those that have come. */
export async function enteredRuns(session: Session, runs: readonly string[]): Promise<ReadonlyMap<string, EnteredRun>> {
  if (runs.length === 0) return new Map()
  const rows = await session.rows(
    `SELECT run, number, undone_at IS NOT NULL FROM ${RUNS_TABLE} WHERE run IN (${runs.map(binaryLiteral)}) LOCK IN SHARE MODE`,
  )
  return new Map(
    rows.map(([text, number, isUndone]) => {
      const run = String(text)
      return [run, { run, number: Number(number), isUndone: String(isUndone) === '1' }]
    }),
  )
}
