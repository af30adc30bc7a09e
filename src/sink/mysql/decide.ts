// What a write does to a row, by what the row and its guards are: the rules of the DynamoDB sink's conditions, decided
// here because the rows are locked. Throws a Rejection for what can never be applied.

import { newest, OLDEST } from '../../core/position.ts'
import type { Fields, Row, Value } from '../../core/value.ts'
import type { Create, Merge, Remove } from '../../core/write.ts'
import { Rejection } from '../rejection.ts'
import type { Contest, Outcome } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import { memoryOf, remembered } from './contest-memory.ts'
import { heldValue } from './held-value.ts'
import { type Guard, guardIn, type RowState } from './row-state.ts'
import { settleGroups } from './settle-groups.ts'
import type { RowWrite } from './target-tables.ts'

export interface Deciding {
  readonly stamp: Stamp
  readonly owner: number
  readonly nowMs: number
  /** The write has to be told to the other side. */
  readonly tell: () => void
}

interface Settling {
  readonly write: RowWrite
  readonly stamp: Stamp
}

/**
 * On the guard of a row in which a write won against a change of the row's own side. What comes after it is told as well: the
 * other side may take that write for the newest.
 */
const TOLD = 'told'

/** Of a guard that a new row begins with. */
const NOTHING_ELSE = { mark: null, removed: null, deletedAt: null, contests: null } as const

const APPLIED: Outcome = { did: 'applied' }
const STALE: Outcome = { did: 'stale' }
const EXISTS: Outcome = { did: 'exists' }

export function decideMerge(state: RowState, write: Merge, by: Deciding): Outcome {
  if (write.seed) return decideSeed(state, write, by)
  const known = repeated(state.guard(write.guard), write, by.stamp)
  if (known !== null) return told(known, remembered(state.guard(write.guard).contests, write, by.stamp))
  if (write.mustExist !== undefined && !state.isThere) {
    if (write.mustExist === 'or-pass') return STALE
    throw new Rejection('there is no such row, and it may not make one')
  }
  const { contests, left } = settleGroups(state, write, by.nowMs)
  const values = valuesOf(state, left)
  const isChange = Object.keys(values).length > 0
  // Who removes a row that is not there writes to its plain guard alone: so does who makes it, for one to see the other.
  if (!state.isThere && write.guard !== undefined) state.mark(undefined, {})
  if (isChange || !state.isThere) state.set(by.owner, values)
  const wasTold = state.guard(write.guard).mark === TOLD
  const isTold = contests.some(({ wins }) => wins === 'incoming') || (wasTold && isChange)
  advance(state, write.guard, { stamp: by.stamp, contests })
  if (isTold) by.tell()
  if (isTold || wasTold) state.mark(write.guard, { mark: TOLD })
  if (state.guard(undefined).removed !== null) state.mark(undefined, { removed: null, deletedAt: null })
  return told(APPLIED, contests)
}

function told(outcome: Outcome, contests: readonly Contest[]): Outcome {
  return contests.length === 0 ? outcome : { ...outcome, contests }
}

function decideSeed(state: RowState, write: Merge, { stamp, owner }: Deciding): Outcome {
  const guard = state.guard(write.guard)
  if (guard.position !== null) return guard.mark === stamp.mark ? APPLIED : EXISTS
  state.set(owner, valuesOf(state, write.fields))
  state.mark(write.guard, { position: OLDEST, mark: stamp.mark })
  return APPLIED
}

export function decideRemove(state: RowState, write: Remove, { stamp, owner }: Deciding): Outcome {
  const known = repeated(state.guard(write.guard), write, stamp)
  if (known !== null) return known
  const gone = Object.fromEntries(write.fields.map((name) => [name, null]))
  if (write.how === 'tombstone' && state.isThere) state.set(owner, valuesOf(state, gone))
  if (write.how === 'delete') state.delete(owner)
  advance(state, write.guard, { stamp, contests: [] })
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
  state.mark(undefined, { position: stamp.position, made: stamp.mark, ...NOTHING_ELSE })
  return APPLIED
}

/**
 * Null where the row is older than the write. A position equal to ours was written by an earlier try of the same record;
 * in a replay it is what the first delivery wrote, unless the guard's mark names the replay.
 */
function repeated({ position, mark }: Guard, write: Merge | Remove, stamp: Stamp): Outcome | null {
  // It is compared with what the row holds, and with no position.
  if (write.do === 'merge' && write.mends && write.contested !== undefined) return null
  if (position === null || position < stamp.position) return null
  if (position > stamp.position) return STALE
  if (write.do === 'merge' && write.mends) return null
  return !stamp.isReplay || mark === stamp.mark ? APPLIED : STALE
}

/** The guards alone say what becomes of it, whatever the row is. */
export function isSettled(guards: ReadonlyMap<string, Guard>, { write, stamp }: Settling): boolean {
  if (write.do === 'create' || write.do === 'count' || (write.do === 'merge' && write.seed)) return false
  return repeated(guardIn(guards, write.guard), write, stamp) !== null
}

interface Advance {
  readonly stamp: Stamp
  readonly contests: readonly Contest[]
}

function advance(state: RowState, name: string | undefined, { stamp, contests }: Advance): void {
  // Nothing of it would be kept, and rows by the thousand go by here.
  if (state.found.guards === null) return
  const guard = state.guard(name)
  const position = newest([stamp.position, guard.position ?? OLDEST])
  const kept = guard === guardIn(state.found.guards, name) ? null : guard.contests
  state.mark(name, { position, mark: stamp.isReplay ? stamp.mark : null, contests: memoryOf(kept, contests, stamp) })
}

function valuesOf({ row }: RowState, fields: Fields): Row {
  const values: Record<string, Value> = {}
  for (const name in fields) {
    const column = row.shape.columns.get(name)
    if (column !== undefined) values[name] = heldValue(column, fields[name] ?? null)
  }
  return values
}
