// What a sink met of changes on the other side, as it goes on record.

import type { Connector } from '../core/connector.ts'
import { formatCursor } from '../core/cursor.ts'
import { type FieldConflict, fieldConflictId } from '../core/field-conflict.ts'
import type { Contest, Outcome, PlacedWrite } from '../sink/sink.ts'

export interface Applied {
  readonly writes: readonly PlacedWrite[]
  /** In the order of the writes. */
  readonly outcomes: readonly Outcome[]
}

export interface Finder {
  readonly connector: Pick<Connector, 'name' | 'source' | 'twin'>
  readonly nowMs: number
}

const NONE: readonly FieldConflict[] = []

export function fieldConflicts({ writes, outcomes }: Applied, finder: Finder): readonly FieldConflict[] {
  return outcomes.flatMap((outcome, index) => {
    // Nearly all of them.
    if (outcome.contests === undefined && outcome.dependents === undefined) return NONE
    const { cursor } = writes[index] ?? {}
    if (cursor === undefined) return NONE
    return contestsOf(outcome).map((contest) => conflictOf(contest, { ...finder, cursor: formatCursor(cursor) }))
  })
}

function contestsOf({ contests = [], dependents = [] }: Outcome): readonly Contest[] {
  return [...contests, ...dependents.flatMap(contestsOf)]
}

function conflictOf(contest: Contest, { connector, nowMs, cursor }: Finder & { readonly cursor: string }) {
  const { table, key, row, group, policy, wins, why, incoming, held, before } = contest
  const { name, source, twin = null } = connector
  const versions = source === 'mysql' ? { mysql: incoming, dynamodb: held } : { mysql: held, dynamodb: incoming }
  // Whoever has no twin contests nothing, so it is one side or the other.
  const winner = (wins === 'incoming') === (source === 'mysql') ? ('mysql' as const) : ('dynamodb' as const)
  const found = { connector: name, twin, row, group, ...versions }
  return {
    ...{ ...found, id: fieldConflictId(found), table, key, policy, before, why, cursor, foundAtMs: nowMs },
    ...{ verdict: wins === 'nobody' ? ('open' as const) : winner, decision: null },
  }
}
