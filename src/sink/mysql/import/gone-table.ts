// The tombstones of imported rows: the version in which a row was deleted, and by which run. What is older does not bring it
// back; the same version does where a later run has found it again, for then the source has it once more.

import type { Position } from '../../../core/position.ts'
import { binaryLiteral } from '../literal.ts'
import type { Session } from '../session.ts'
import type { TargetShape } from '../target-column.ts'
import type { Putting } from './putting.ts'
import type { StandingRow } from './standing-row.ts'

const GONE_TABLE = 'millrace_gone'

export const CREATE_GONE = `CREATE TABLE IF NOT EXISTS ${GONE_TABLE} (
  target VARBINARY(64) NOT NULL,
  row_key VARBINARY(700) NOT NULL,
  position VARBINARY(64) NOT NULL,
  run VARBINARY(36) NOT NULL,
  run_number BIGINT UNSIGNED NOT NULL,
  gone_at DATETIME NOT NULL,
  PRIMARY KEY (target, row_key),
  KEY by_age (gone_at)
) ENGINE = InnoDB`
export const DROP_GONE = `DROP TABLE IF EXISTS ${GONE_TABLE}`

const ROWS_MAX = 1_000

/** A row, where any was deleted: of most tables none ever was. */
export function anyGone({ table }: Pick<TargetShape, 'table'>): string {
  return `SELECT 1 FROM ${GONE_TABLE} WHERE target = ${binaryLiteral(table)} LIMIT 1`
}

/** Of the rows that are not there. */
export async function loadGone({ session, shape }: Putting, rows: Iterable<StandingRow>): Promise<void> {
  const absent = new Map([...rows].filter(({ found }) => found === null).map((row) => [row.row.text, row]))
  const target = binaryLiteral(shape.table)
  if (absent.size === 0 || (await session.rows(anyGone(shape))).length === 0) return
  const keys = [...absent.keys()]
  for (let at = 0; at < keys.length; at += ROWS_MAX) {
    const list = keys.slice(at, at + ROWS_MAX).map(binaryLiteral)
    const found = await session.rows(
      `SELECT row_key, position, run, run_number FROM ${GONE_TABLE} WHERE target = ${target} AND row_key IN (${list})`,
    )
    for (const [key, position, run, number] of found) {
      const row = absent.get(String(key))
      if (row !== undefined)
        row.gone = { position: String(position) as Position, by: { run: String(run), number: Number(number) } }
    }
  }
}

/** A row keeps the newest. */
export async function keepGone({ session, shape }: Putting, rows: readonly StandingRow[]): Promise<void> {
  const lines = rows.flatMap(({ row, gone }) => {
    if (gone === null) return []
    const { position, by } = gone
    return [`(${[shape.table, row.text, position, by.run].map(binaryLiteral)},${by.number},UTC_TIMESTAMP())`]
  })
  // The position last: the others go by what it was.
  const set = ['run', 'run_number', 'gone_at', 'position'].map(
    (name) => `${name} = IF(VALUES(position) >= position, VALUES(${name}), ${name})`,
  )
  for (let at = 0; at < lines.length; at += ROWS_MAX) {
    await session.write(
      `INSERT INTO ${GONE_TABLE} (target, row_key, position, run, run_number, gone_at) VALUES ${lines.slice(at, at + ROWS_MAX)}
        ON DUPLICATE KEY UPDATE ${set}`,
    )
  }
}

/** The deletes of a run that is taken back never were. */
export async function forgetGone({ session, shape }: Putting, run: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await session.write(
    `DELETE FROM ${GONE_TABLE} WHERE target = ${binaryLiteral(shape.table)} AND run = ${binaryLiteral(run)}
      AND row_key IN (${keys.map(binaryLiteral)})`,
  )
}

/** Some at a time: each run forgets more than it is likely to leave. */
export async function pruneGone(session: Session, keptMs: number): Promise<void> {
  const seconds = Math.ceil(keptMs / 1_000)
  await session.write(
    `DELETE FROM ${GONE_TABLE} WHERE gone_at < UTC_TIMESTAMP() - INTERVAL ${seconds} SECOND LIMIT 10000`,
  )
}
