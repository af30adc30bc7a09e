// Rows that are new to the table, as all are where an import fills it: inserted without a look at what stands there, for the
// server says so itself where something does. Then nothing was done, and they have to be put with a look at each.

import { Rejection } from '../../rejection.ts'
import type { Outcome } from '../../sink.ts'
import type { RowKey } from '../row-key.ts'
import { decidePut, type Put } from './decide-put.ts'
import { anyGone } from './gone-table.ts'
import { loadLocal } from './load-local.ts'
import type { Putting } from './putting.ts'
import { insertAll } from './send-standing.ts'
import { StandingRow } from './standing-row.ts'

export interface KeyedPut {
  readonly put: Put
  readonly key: RowKey
}

const SAVEPOINT = 'millrace_fresh'
const NOTHING = { found: null, deletedBy: null, isForeign: false } as const

/** Null, and nothing changed, where any row needs that look. */
export async function putFresh(
  by: Putting,
  keyed: readonly KeyedPut[],
  takesFiles: boolean,
): Promise<readonly Outcome[] | null> {
  const rows: StandingRow[] = []
  const outcomes: Outcome[] = []
  try {
    for (const { put, key } of keyed) {
      const row = new StandingRow(key, NOTHING)
      const outcome = decidePut(row, put)
      if (row.now === null) return null
      rows.push(row)
      outcomes.push(outcome)
    }
  } catch (error) {
    if (error instanceof Rejection) return null
    throw error
  }
  by.session.ahead(`SAVEPOINT ${SAVEPOINT}`)
  const asLines = takesFiles ? await unlessGone(by, () => loadLocal(by, rows)) : null
  if (asLines ?? (await unlessGone(by, () => insertAll(by, rows)))) return outcomes
  await by.session.write(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)
  return null
}

/** False, too, where rows of the table were deleted: one of these may be one of them. */
async function unlessGone<Did extends boolean | null>(
  { session, shape }: Putting,
  insert: () => Promise<Did>,
): Promise<Did | false> {
  const gone = session.ahead(anyGone(shape))
  const did = await insert()
  return did && gone.rows.length > 0 ? false : did
}
