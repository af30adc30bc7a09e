// For how long each scheduled import has been due without being done.

import type { Metrics } from '../observe/metrics.ts'
import type { BookmarkBook } from '../pipeline/bookmark-book.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { RunBook } from '../pipeline/run-book.ts'
import type { ScheduledImport } from '../pipeline/schedule-desk.ts'
import { lateness } from './lateness.ts'
import { type Watch, watch } from './watch.ts'

export interface ScheduleWatchOptions {
  readonly books: {
    readonly runs: Pick<RunBook, 'refresh' | 'standings'>
    readonly bookmarks: Pick<BookmarkBook, 'refresh' | 'seenMs'>
  }
  readonly metrics: Pick<Metrics, 'scheduleLate'>
  readonly clock: Clock
  readonly all: readonly ScheduledImport[]
}

const EVERY_MS = 30_000

export function scheduleWatch(options: ScheduleWatchOptions): Watch {
  const { books, metrics, clock, all } = options
  // Of another try of whatever failed nobody knows whether it is to do anything.
  const imports = all.filter(({ connector }) => connector !== null)
  const look = async () => {
    await Promise.all([books.runs.refresh(), books.bookmarks.refresh()])
    const now = { ...books, nowMs: clock.nowMs() }
    for (const one of imports) metrics.scheduleLate.set({ schedule: one.name }, lateness(one, now).lateMs / 1000)
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget: () => metrics.scheduleLate.reset() })
}
