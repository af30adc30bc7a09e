// The runs that a person should hear of: they failed, or left what is amiss, and nothing newer has done the same since.

import type { Order, RunKind } from '../core/run.ts'
import { type Run, type RunBook, type RunStanding, stateOf } from './run-book.ts'
import { verifyScope } from './verify-scope.ts'

/** What nobody has cared for in so long nobody will. */
const WITHIN_MS = 7 * 24 * 3_600_000
/** Of a sync: all venues. */
const EVERYTHING = JSON.stringify({ venue: null })

/** Done, they tell how things are. */
const LOOKING: readonly RunKind[] = ['import', 'verify']

/** The newest first. */
export function badRuns(book: RunBook, nowMs: number): readonly Run[] {
  const recent = book.standings().filter(({ order }) => nowMs - order.orderedAtMs < WITHIN_MS)
  const newestFirst = recent.toSorted((one, other) => other.order.orderedAtMs - one.order.orderedAtMs)
  return notTakenUp(newestFirst)
    .flatMap(({ order }) => book.get(order.id) ?? [])
    .filter(isBad)
}

/** Over, it is not as it should be. */
export function isBad(run: Run): boolean {
  if (stateOf(run) === 'failed') return true
  const isDiffering = run.order.kind === 'verify' && run.tally.rejected > 0
  return isDiffering || run.integrity?.some(({ ok }) => !ok) === true
}

function notTakenUp(newestFirst: readonly RunStanding[]): readonly RunStanding[] {
  const bad: RunStanding[] = []
  /** Scopes, by kind and connector. */
  const seen = new Map<string, Set<string>>()
  for (const run of newestFirst) {
    const { kind, connector } = run.order
    const scope = sameScope(run.order)
    const newer = seen.get(`${kind} ${connector}`) ?? new Set()
    seen.set(`${kind} ${connector}`, newer)
    const state = stateOf(run)
    const mayBeBad = state === 'failed' || (LOOKING.includes(kind) && state === 'done')
    if (mayBeBad && !newer.has(scope) && !(kind === 'sync' && newer.has(EVERYTHING))) bad.push(run)
    if (state !== 'cancelled') newer.add(scope)
  }
  return bad
}

/** A verification that mends looks at the same as one that does not. */
function sameScope(order: Order): string {
  if (order.kind !== 'verify') return order.scope
  const { repairs: _, ...scope } = verifyScope(order)
  return JSON.stringify(scope)
}
