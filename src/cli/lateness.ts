// For how long what a schedule orders has been due without being done.

import { lastDue } from '../core/schedule.ts'
import type { BookmarkBook } from '../pipeline/bookmark-book.ts'
import { type RunBook, stateOf } from '../pipeline/run-book.ts'
import type { ScheduledImport } from '../pipeline/schedule-desk.ts'
import { scheduleSource } from '../pipeline/scheduler.ts'

export interface LatenessOptions {
  readonly runs: Pick<RunBook, 'standings'>
  readonly bookmarks: Pick<BookmarkBook, 'seenMs'>
  readonly nowMs: number
}

export interface Lateness {
  /** 0 where it is not late. */
  readonly lateMs: number
  /** Somebody has ordered what was due last. */
  readonly isOrdered: boolean
}

export function lateness(
  { name, schedule, isSame }: ScheduledImport,
  { runs, bookmarks, nowMs }: LatenessOptions,
): Lateness {
  const dueMs = lastDue(schedule, nowMs)
  const seenMs = bookmarks.seenMs(scheduleSource(name))
  // What was due before anybody knew of it is nobody's.
  if (dueMs === null || seenMs === null || seenMs > dueMs) return { lateMs: 0, isOrdered: false }
  const same = runs.standings().filter(({ order }) => isSame(order))
  const done = same.filter((run) => stateOf(run) === 'done').map(({ progress }) => progress?.endedAtMs ?? 0)
  const doneMs = Math.max(0, ...done)
  // The first of those that have come to nothing since, for what is due every hour is never due for long.
  const tried = same.map(({ order }) => order.orderedAtMs).filter((orderedAtMs) => orderedAtMs > doneMs)
  return { lateMs: doneMs >= dueMs ? 0 : nowMs - Math.min(dueMs, ...tried), isOrdered: seenMs === dueMs }
}
