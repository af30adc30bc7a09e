// Which runs have come to the tables, in the order in which they came, and which of them were taken back: these bring nothing
// any more, whatever of them is replayed.

import { binaryLiteral } from '../literal.ts'
import { Raced } from '../raced.ts'
import type { Answer, Session } from '../session.ts'

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

export interface Entered {
  readonly runs: ReadonlyMap<string, EnteredRun>
  /** To be waited for before the transaction ends: throws where they are not as they were taken to be. */
  readonly confirm: () => Promise<void>
}

/** What a call knows of its runs from the one before it, and nearly always rightly: then it need not wait for them. */
export class KnownRuns {
  #known: ReadonlyMap<string, EnteredRun> = new Map()

  /** The same as `enterRuns`. */
  async enter(session: Session, runs: readonly string[]): Promise<Entered> {
    const known = this.#known
    if (runs.length === 0 || !runs.every((run) => known.has(run))) {
      this.#known = await enterRuns(session, runs)
      return { runs: this.#known, confirm: async () => undefined }
    }
    const asked = session.ahead(askedFor(runs))
    const confirm = async () => {
      await session.settle()
      const found = runsIn(asked.rows)
      if (runs.every((run) => isSame(known.get(run), found.get(run)))) return
      this.#known = new Map()
      throw new Raced('a run')
    }
    return { runs: known, confirm }
  }
}

function isSame(one: EnteredRun | undefined, other: EnteredRun | undefined): boolean {
  return one?.number === other?.number && one?.isUndone === other?.isUndone
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
  return runs.length === 0 ? new Map() : runsIn(await session.rows(askedFor(runs)))
}

function askedFor(runs: readonly string[]): string {
  return `SELECT run, number, undone_at IS NOT NULL FROM ${RUNS_TABLE} WHERE run IN (${runs.map(binaryLiteral)}) LOCK IN SHARE MODE`
}

function runsIn(rows: readonly Answer[]): ReadonlyMap<string, EnteredRun> {
  return new Map(
    rows.map(([text, number, isUndone]) => {
      const run = String(text)
      return [run, { run, number: Number(number), isUndone: String(isUndone) === '1' }]
    }),
  )
}
