// The runs that there is something to say of: those that ended badly, those of them that go on, schedules that are late, and what imports set aside.

import { type SetAside, setAsideOf } from '../core/set-aside.ts'
import { badRuns } from '../pipeline/bad-runs.ts'
import type { BookmarkBook } from '../pipeline/bookmark-book.ts'
import { isOver, type RunBook, type RunStanding } from '../pipeline/run-book.ts'
import type { ScheduledImport } from '../pipeline/schedule-desk.ts'
import { lateness } from './lateness.ts'
import type { TroubledRuns } from './symptoms.ts'

export interface TroubledRunsOptions {
  readonly runs: RunBook
  readonly bookmarks: Pick<BookmarkBook, 'seenMs'>
  readonly schedules: readonly ScheduledImport[]
  readonly nowMs: number
}

export function troubledRuns({ schedules, ...known }: TroubledRunsOptions): TroubledRuns {
  const { runs: book, nowMs } = known
  const standings = book.standings()
  return {
    bad: badRuns(book, nowMs),
    // Of another try of whatever failed nobody knows whether it is to do anything.
    late: schedules.flatMap((one) => {
      return one.connector === null ? [] : [{ schedule: one.name, connector: one.connector, ...lateness(one, known) }]
    }),
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
