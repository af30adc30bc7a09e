// Contested fields of a merge: each group is settled by what the row holds, and only what the write wins is left of it.

import { settle } from '../../core/contested.ts'
import type { Field, Fields, Value } from '../../core/value.ts'
import type { Merge } from '../../core/write.ts'
import { Rejection } from '../rejection.ts'
import type { Contest } from '../sink.ts'
import { comparable } from './comparable.ts'
import { pick } from './contest-memory.ts'
import { heldValue } from './held-value.ts'
import type { RowState } from './row-state.ts'
import type { TargetColumn } from './target-column.ts'

export interface SettledGroups {
  readonly contests: readonly Contest[]
  /** The fields that the write sets. */
  readonly left: Fields
}

const NONE: readonly Contest[] = []

export function settleGroups(state: RowState, write: Merge, nowMs: number): SettledGroups {
  const { contested = [], table, key } = write
  if (contested.length === 0) return { contests: NONE, left: write.fields }
  const { held } = state
  const left: Record<string, Field> = { ...write.fields }
  const contests: Contest[] = []
  for (const one of contested) {
    const { group, row, policy, fields, before } = one
    const incoming = compared(state, write.fields, fields)
    const versions = { from: 'dynamodb', incoming, held: held && comparedAsHeld(state, held, fields), nowMs } as const
    const { wins, conflict } = settle({ ...one, before: before && comparedIfHeld(state, before, fields) }, versions)
    if (wins !== 'incoming') for (const name of fields) delete left[name]
    if (conflict === null) continue
    const told = { incoming: pick(write.fields, fields), held: pick(held ?? {}, fields), before }
    contests.push({ table, key, row, group, policy, wins, why: conflict, ...told })
  }
  return { contests, left }
}

/** In the columns' own forms, so that what is the same to the table is the same. */
const compared = comparing(heldValue)
/** Of values that the table holds, or that were brought into its forms. */
const comparedAsHeld = comparing((_column, field) => field as Value)

function comparing(held: (column: TargetColumn, field: Field) => Value) {
  return ({ row }: RowState, from: Fields, names: readonly string[]): Fields => {
    const fields: Record<string, Field> = {}
    for (const name of names) {
      const column = row.shape.columns.get(name)
      const field = from[name] ?? null
      fields[name] = column === undefined ? field : comparable(column, held(column, field))
    }
    return fields
  }
}

/** What the source had before need not be anything that the column could ever hold. */
function comparedIfHeld(state: RowState, from: Fields, names: readonly string[]): Fields {
  try {
    return compared(state, from, names)
  } catch (error) {
    if (!(error instanceof Rejection)) throw error
    const [only = '', ...others] = names
    if (others.length === 0) return pick(from, [only])
    return Object.assign({}, ...names.map((name) => comparedIfHeld(state, from, [name]))) as Fields
  }
}
