// The runs that there is something to say of: those that ended badly, those of them that go on, and what imports set aside.

import { type SetAside, setAsideOf } from '../core/set-aside.ts'
import { badRuns } from '../pipeline/bad-runs.ts'
import { isOver, type RunBook, type RunStanding } from '../pipeline/run-book.ts'
import type { TroubledRuns } from './symptoms.ts'

export function troubledRuns(book: RunBook, nowMs: number): TroubledRuns {
  const standings = book.standings()
  return {
    bad: badRuns(book, nowMs),
    again: standings.filter((run) => run.order.attempt > 0 && !isOver(run)),
    setAside: lastSetAside(book, standings),
  }
}

function lastSetAside(book: RunBook, standings: readonly RunStanding[]): TroubledRuns['setAside'] {
  const imports = standings.filter((run) => run.order.kind === 'import' && isOver(run))
  const oldestFirst = imports.toSorted((one, other) => one.order.orderedAtMs - other.order.orderedAtMs)
  const last = new Map(oldestFirst.map(({ order }) => [order.connector, order.id]))
  return new Map(
    [...last].map(([connector, id]): [string, SetAside] => {
      return [connector, setAsideOf(book.get(id)?.tally.writes ?? {})]
    }),
  )
}
