// For how long each scheduled import has been due without being done.

import { lastDue } from '../core/schedule.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { BookmarkBook } from '../pipeline/bookmark-book.ts'
import type { Clock } from '../pipeline/clock.ts'
import { type RunBook, stateOf } from '../pipeline/run-book.ts'
import type { ScheduledImport } from '../pipeline/schedule-desk.ts'
import { scheduleSource } from '../pipeline/scheduler.ts'
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
    for (const one of imports) metrics.scheduleLate.set({ schedule: one.name }, lateMs(options, one) / 1000)
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget: () => metrics.scheduleLate.reset() })
}

function lateMs({ books, clock }: ScheduleWatchOptions, { name, schedule, isSame }: ScheduledImport): number {
  const nowMs = clock.nowMs()
  const dueMs = lastDue(schedule, nowMs)
  const seenMs = books.bookmarks.seenMs(scheduleSource(name))
  // What was due before anybody knew of it is nobody's.
  if (dueMs === null || seenMs === null || seenMs > dueMs) return 0
  const same = books.runs.standings().filter(({ order }) => isSame(order))
  const done = same.filter((run) => stateOf(run) === 'done').map(({ progress }) => progress?.endedAtMs ?? 0)
  const doneMs = Math.max(0, ...done)
  // The first of those that have come to nothing since, for what is due every hour is never due for long.
  const tried = same.map(({ order }) => order.orderedAtMs).filter((orderedAtMs) => orderedAtMs > doneMs)
  return doneMs >= dueMs ? 0 : nowMs - Math.min(dueMs, ...tried)
}
