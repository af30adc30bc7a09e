// Keeps what rows were before a run changed or deleted them; of a row that one run changes twice, what it was at first.

import { binaryLiteral, textLiteral } from '../literal.ts'
import type { Putting } from './putting.ts'
import { imageText, type StandingRow } from './standing-row.ts'
import { UNDO_TABLE } from './undo-table.ts'

const ROWS_MAX = 1_000

/** Deleted not because the source said so, but because it said nothing of it. */
export const SWEPT = 'swept'

/** Each row with the run that changed it. */
export async function keepUndo(
  by: Putting,
  rows: ReadonlyMap<StandingRow, string>,
  deleting: 'deleted' | typeof SWEPT = 'deleted',
): Promise<void> {
  const lines = [...rows].flatMap(([{ row, found, now }, run]) => {
    if (found === null) return []
    const image = imageText(found)
    const did = now === null ? deleting : 'updated'
    return [
      `(${[binaryLiteral(run), binaryLiteral(by.shape.table), binaryLiteral(row.text), textLiteral(did), binaryLiteral(image)]})`,
    ]
  })
  for (let at = 0; at < lines.length; at += ROWS_MAX) {
    await by.session.write(
      `INSERT INTO ${UNDO_TABLE} (run, target, row_key, did, before_image) VALUES ${lines.slice(at, at + ROWS_MAX)}
        ON DUPLICATE KEY UPDATE did = VALUES(did)`,
    )
  }
}
