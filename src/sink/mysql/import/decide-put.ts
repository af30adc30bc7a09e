// What an import does to a row, by what stands there. A repeat comes to the same answer, whatever was committed before.

import { BY_RUN, SAME_KEY } from '../../../core/imported-row.ts'
import { epochOf } from '../../../core/position.ts'
import type { Merge, Remove } from '../../../core/write.ts'
import { Rejection } from '../../rejection.ts'
import type { Outcome, PlacedWrite } from '../../sink.ts'
import { heldFields } from './held-fields.ts'
import { digestOf, type StandingRow } from './standing-row.ts'

const STALE: Outcome = { did: 'stale' }
const INSERTED: Outcome = { did: 'applied', change: 'inserted' }
const UPDATED: Outcome = { did: 'applied', change: 'updated' }
const DELETED: Outcome = { did: 'applied', change: 'deleted' }
const UNCHANGED: Outcome = { did: 'exists', change: 'unchanged' }

export function decidePut(row: StandingRow, write: Merge | Remove, { position, broughtBy = '' }: PlacedWrite): Outcome {
  const { now, row: key } = row
  if (row.isForeign) throw new Rejection('the row that has its key is of another source')
  if (write.do === 'remove') return decideRemove(row, position, broughtBy)
  const fields = heldFields(key.shape, write)
  if (now === null) {
    const digest = digestOf(key.shape, fields)
    row.now = { fields, kept: { position, run: broughtBy, made: broughtBy, digest } }
    return INSERTED
  }
  const { position: held, run, made } = now.kept
  if (held !== null && held > position) return STALE
  if (held === position) return run === broughtBy ? repeated(made, broughtBy) : UNCHANGED
  if (row.holds(fields)) return UNCHANGED
  if (run === broughtBy && epochOf(position) === BY_RUN) throw new Rejection(`${SAME_KEY}, and says something else`)
  const all = { ...now.fields, ...fields }
  row.now = { fields: all, kept: { position, run: broughtBy, made, digest: digestOf(key.shape, all) } }
  return UPDATED
}

function repeated(made: string | null, broughtBy: string): Outcome {
  return made === broughtBy ? INSERTED : UPDATED
}

/** Of a row that is gone only what was kept for the run can say who deleted it. */
function decideRemove(row: StandingRow, position: string, broughtBy: string): Outcome {
  if (row.now === null) return row.deletedBy === broughtBy ? DELETED : UNCHANGED
  const { position: held } = row.now.kept
  if (held !== null && held > position) return STALE
  row.now = null
  return DELETED
}
