// Which rows a run has met, of tables from which others are swept once all was read.

import { binaryLiteral } from '../literal.ts'
import type { RowKey } from '../row-key.ts'
import type { Putting } from './putting.ts'

export const SEEN_TABLE = 'millrace_seen'

export const CREATE_SEEN = `CREATE TABLE IF NOT EXISTS ${SEEN_TABLE} (
  run VARBINARY(36) NOT NULL,
  target VARBINARY(64) NOT NULL,
  row_key VARBINARY(700) NOT NULL,
  PRIMARY KEY (run, target, row_key)
) ENGINE = InnoDB`

const ROWS_MAX = 1_000

export async function noteSeen({ session, shape }: Putting, run: string, keys: readonly RowKey[]): Promise<void> {
  for (let at = 0; at < keys.length; at += ROWS_MAX) {
    const lines = keys.slice(at, at + ROWS_MAX).map(({ text }) => {
      return `(${[run, shape.table, text].map(binaryLiteral)})`
    })
    await session.write(`INSERT IGNORE INTO ${SEEN_TABLE} (run, target, row_key) VALUES ${lines}`)
  }
}
