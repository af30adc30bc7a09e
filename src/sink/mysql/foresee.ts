// What a write would lead to as things stand; nothing is written or locked. Each is looked at by itself.

import { Rejection } from '../rejection.ts'
import type { Outcome, PlacedWrite } from '../sink.ts'
import { stampOf } from '../stamp.ts'
import { contestedFields, outcomeOf, rejected } from './decide-call.ts'
import { type Loading, loadRows } from './load-rows.ts'
import { RowStates } from './row-states.ts'
import type { TargetTables } from './target-tables.ts'

export async function foresee(
  by: Loading & { readonly targets: TargetTables; readonly nowMs: number },
  placed: readonly PlacedWrite[],
): Promise<readonly Outcome[]> {
  const writes = placed.map(({ write }) => by.targets.checked(write))
  const states = await RowStates.load(
    { ...by, find: (wanted) => loadRows(by, wanted) },
    { writes, reads: contestedFields },
  )
  return writes.map((write, owner) => {
    const one = placed[owner]
    if (one === undefined) throw new RangeError('a write without its place')
    try {
      return outcomeOf(states.of(write).anew(), write, {
        ...{ stamp: stampOf(one), owner, nowMs: by.nowMs },
        tell: () => undefined,
      })
    } catch (error) {
      if (error instanceof Rejection) return rejected(write, error)
      throw error
    }
  })
}
