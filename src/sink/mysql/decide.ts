// What a write does to a row, by what the row and its guards are: the rules of the DynamoDB sink's conditions, decided
// here because the rows are locked. Throws a Rejection for what can never be applied.

import { newest, OLDEST } from '../../core/position.ts'
import type { Fields, Value } from '../../core/value.ts'
import type { Create, Merge, Remove } from '../../core/write.ts'
import { Rejection } from '../rejection.ts'
import type { Outcome } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import { heldValue } from './held-value.ts'
import type { RowState } from './row-state.ts'
import { settleGroups } from './settle-groups.ts'

export interface Deciding {
  readonly stamp: Stamp
  readonly owner: number
  readonly nowMs: number
  /** The write has to be told to the other side. */
  readonly tell: () => void
}

/**
 * On the guard of a row in which a write won against a change of the row's own side. What comes after it is told as well: the
 * other side may take that write for the newest.
 */
const TOLD = 'told'

const APPLIED: Outcome = { did: 'applied' }
const STALE: Outcome = { did: 'stale' }
const EXISTS: Outcome = { did: 'exists' }

export function decideMerge(state: RowState, write: Merge, by: Deciding): Outcome {
  if (write.seed) return decideSeed(state, write, by)
  const known = repeated(state, write, by.stamp)
  if (known !== null) return known
  if (write.mustExist !== undefined && !state.isThere) {
    if (write.mustExist === 'or-pass') return STALE
    throw new Rejection('there is no such row, and it may not make one')
  }
  const { contests, left } = settleGroups(state, write, by.nowMs)
  const values = valuesOf(state, left)
  if (values.size > 0 || !state.isThere) state.set(by.owner, values)
  const wasTold = state.guard(write.guard).mark === TOLD
  const isTold = contests.some(({ wins }) => wins === 'incoming') || (wasTold && values.size > 0)
  advance(state, write.guard, by.stamp)
  if (isTold) by.tell()
  if (isTold || wasTold) state.mark(write.guard, { mark: TOLD })
  if (state.guard(undefined).removed !== null) state.mark(undefined, { removed: null, deletedAt: null })
  return contests.length === 0 ? APPLIED : { did: 'applied', contests }
}

function decideSeed(state: RowState, write: Merge, { stamp, owner }: Deciding): Outcome {
  const guard = state.guard(write.guard)
  if (guard.position !== null) return guard.mark === stamp.mark ? APPLIED : EXISTS
  state.set(owner, valuesOf(state, write.fields))
  state.mark(write.guard, { position: OLDEST, mark: stamp.mark })
  return APPLIED
}

export function decideRemove(state: RowState, write: Remove, { stamp, owner }: Deciding): Outcome {
  const known = repeated(state, write, stamp)
  if (known !== null) return known
  const gone = Object.fromEntries(write.fields.map((name) => [name, null]))
  if (write.how === 'tombstone' && state.isThere) state.set(owner, valuesOf(state, gone))
  advance(state, write.guard, stamp)
  state.mark(undefined, { removed: write.how, deletedAt: write.deletedAt })
  return APPLIED
}

/** A row that this sink emptied is none: one that was deleted and came back is made again, if it is newer. */
export function decideCreate(state: RowState, write: Create, { stamp, owner }: Deciding): Outcome {
  const { made, position, removed } = state.guard(undefined)
  if (made === stamp.mark) return APPLIED
  if (state.isThere && removed !== 'tombstone') return EXISTS
  if (position !== null && (removed === null ? position > stamp.position : position >= stamp.position)) return STALE
  state.set(owner, valuesOf(state, write.fields))
  state.mark(undefined, { position: stamp.position, made: stamp.mark, mark: null, removed: null, deletedAt: null })
  return APPLIED
}

/**
 * Null where the row is older than the write. A position equal to ours was written by an earlier try of the same record;
 * in a replay it is what the first delivery wrote, unless the guard's mark names the replay.
 */
function repeated(state: RowState, write: Merge | Remove, stamp: Stamp): Outcome | null {
  const { position, mark } = state.guard(write.guard)
  // It is compared with what the row holds, and with no position.
  if (write.do === 'merge' && write.mends && write.contested !== undefined) return null
  if (position === null || position < stamp.position) return null
  if (position > stamp.position) return STALE
  if (write.do === 'merge' && write.mends) return null
  return !stamp.isReplay || mark === stamp.mark ? APPLIED : STALE
}

function advance(state: RowState, guard: string | undefined, stamp: Stamp): void {
  const position = newest([stamp.position, state.guard(guard).position ?? OLDEST])
  state.mark(guard, { position, mark: stamp.isReplay ? stamp.mark : null })
}

function valuesOf({ shape }: RowState, fields: Fields): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>()
  for (const [name, field] of Object.entries(fields)) {
    const column = shape.columns.get(name)
    if (column !== undefined) values.set(name, heldValue(column, field))
  }
  return values
}
