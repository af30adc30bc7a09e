// What an import does to a row, by what stands there. A repeat comes to the same answer, whatever was committed before.

import { BY_RUN, SAME_KEY } from '../../../core/imported-row.ts'
import { epochOf, type Position } from '../../../core/position.ts'
import type { Merge, Remove } from '../../../core/write.ts'
import { Rejection } from '../../rejection.ts'
import type { Outcome } from '../../sink.ts'
import { heldFields } from './held-fields.ts'
import type { EnteredRun } from './runs-table.ts'
import { digestOf, type StandingRow } from './standing-row.ts'

export interface Put {
  readonly write: Merge | Remove
  readonly position: Position
  /** Who brought it. */
  readonly by: EnteredRun
  /** It is given once more: what it did before is not done now. */
  readonly isReplay: boolean
}

const STALE: Outcome = { did: 'stale' }
const INSERTED: Outcome = { did: 'applied', change: 'inserted' }
const UPDATED: Outcome = { did: 'applied', change: 'updated' }
const DELETED: Outcome = { did: 'applied', change: 'deleted' }
const UNCHANGED: Outcome = { did: 'exists', change: 'unchanged' }

export function decidePut(row: StandingRow, put: Put): Outcome {
  const { write, position, by } = put
  const { now, row: key } = row
  const { run } = by
  if (by.isUndone) return STALE
  if (row.isForeign) throw new Rejection('the row that has its key is of another source')
  if (write.do === 'remove') return decideRemove(row, put)
  const fields = heldFields(key.shape, write)
  if (now === null) {
    if (isDeadBy(row, put)) return STALE
    row.now = { fields, kept: { position, run, made: run, digest: digestOf(key.shape, fields) } }
    return INSERTED
  }
  const { position: held, run: last, made } = now.kept
  if (held !== null && held > position) return STALE
  if (held === position) return last === run && !put.isReplay ? repeated(made, run) : UNCHANGED
  if (row.holds(fields)) return UNCHANGED
  if (last === run && epochOf(position) === BY_RUN) throw new Rejection(`${SAME_KEY}, and says something else`)
  const all = { ...now.fields, ...fields }
  row.now = { fields: all, kept: { position, run, made, digest: digestOf(key.shape, all) } }
  return UPDATED
}

function repeated(made: string | null, run: string): Outcome {
  return made === run ? INSERTED : UPDATED
}

/** Whether the row was deleted in a newer version, or in this one by a run that is as new. */
function isDeadBy({ gone }: StandingRow, { position, by }: Put): boolean {
  if (gone === null || gone.position < position) return false
  return gone.position > position || by.number <= gone.by.number
}

/** Of a row that is gone only what was kept for the run can say who deleted it. */
function decideRemove(row: StandingRow, { position, by, isReplay }: Put): Outcome {
  const held = row.now?.kept.position ?? null
  if (held !== null && held > position) return STALE
  if (row.gone === null || row.gone.position <= position) row.gone = { position, by }
  if (row.now === null) return row.deletedBy === by.run && !isReplay ? DELETED : UNCHANGED
  row.now = null
  return DELETED
}
