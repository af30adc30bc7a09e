// The runs that a person should hear of: they failed, or left discrepancies, and nothing newer has done the same since.

import { type Run, type RunBook, type RunStanding, stateOf } from './run-book.ts'

/** What nobody has cared for in so long nobody will. */
const WITHIN_MS = 7 * 24 * 3_600_000
/** Of a sync: all venues. */
const EVERYTHING = JSON.stringify({ venue: null })

/** The newest first. */
export function badRuns(book: RunBook, nowMs: number): readonly Run[] {
  const recent = book.standings().filter(({ order }) => nowMs - order.orderedAtMs < WITHIN_MS)
  const newestFirst = recent.toSorted((one, other) => other.order.orderedAtMs - one.order.orderedAtMs)
  return notTakenUp(newestFirst)
    .flatMap(({ order }) => book.get(order.id) ?? [])
    .filter((run) => stateOf(run) === 'failed' || run.integrity?.some(({ ok }) => !ok))
}

function notTakenUp(newestFirst: readonly RunStanding[]): readonly RunStanding[] {
  const bad: RunStanding[] = []
  /** Scopes, by kind and connector. */
  const seen = new Map<string, Set<string>>()
  for (const run of newestFirst) {
    const { kind, connector, scope } = run.order
    const newer = seen.get(`${kind} ${connector}`) ?? new Set()
    seen.set(`${kind} ${connector}`, newer)
    const state = stateOf(run)
    const mayBeBad = state === 'failed' || (kind === 'import' && state === 'done')
    if (mayBeBad && !newer.has(scope) && !(kind === 'sync' && newer.has(EVERYTHING))) bad.push(run)
    if (state !== 'cancelled') newer.add(scope)
  }
  return bad
}
