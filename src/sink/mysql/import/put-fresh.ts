// Rows that are new to the table, as all are where an import fills it: inserted without a look at what stands there, for the
// server says so itself where something does. Then nothing was done, and they have to be put with a look at each.

import { Rejection } from '../../rejection.ts'
import type { Outcome } from '../../sink.ts'
import type { RowKey } from '../row-key.ts'
import { decidePut, type Put } from './decide-put.ts'
import { isAnyGone } from './gone-table.ts'
import { loadLocal } from './load-local.ts'
import type { Putting } from './putting.ts'
import { insertAll } from './send-standing.ts'
import { StandingRow } from './standing-row.ts'

export interface KeyedPut {
  readonly put: Put
  readonly key: RowKey
}

const NOTHING = { found: null, deletedBy: null, isForeign: false } as const

/** Null, and nothing changed, where any row needs that look. */
export async function putFresh(
  by: Putting,
  keyed: readonly KeyedPut[],
  takesFiles: boolean,
): Promise<readonly Outcome[] | null> {
  if (await isAnyGone(by)) return null
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
  const areThere = (takesFiles ? await loadLocal(by, rows) : null) ?? (await insertAll(by, rows))
  return areThere ? outcomes : null
}
