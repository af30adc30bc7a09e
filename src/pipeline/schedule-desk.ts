// What the clock orders, for people: when it is due, what came of it the last time, and to have it at once.

import { MillraceError } from '../core/errors.ts'
import type { Order } from '../core/run.ts'
import { lastDue, nextDue } from '../core/schedule.ts'
import type { BookmarkBook } from './bookmark-book.ts'
import type { Clock } from './clock.ts'
import type { ImportPart } from './import-scope.ts'
import type { Run, RunBook } from './run-book.ts'
import { type Scheduled, scheduleSource } from './scheduler.ts'

/** A schedule, with what it imports. */
export interface ScheduledImport extends Scheduled {
  /** Null: imports of any connector that failed. */
  readonly connector: string | null
  readonly imports: readonly ImportPart[]
  /** Whether a run of that order does the same. */
  readonly isSame: (order: Order) => boolean
}

export interface ScheduleDeskOptions {
  readonly book: RunBook
  readonly bookmarks: BookmarkBook
  readonly clock: Clock
  readonly all: readonly ScheduledImport[]
}

export interface ScheduleStanding {
  readonly scheduled: ScheduledImport
  readonly nextMs: number | null
  /** When the clock ordered it last; null where it has not yet. */
  readonly lastMs: number | null
  /** The last run of the same, whoever ordered it. */
  readonly lastRun: Run | null
}

export class ScheduleDesk {
  readonly #options: ScheduleDeskOptions

  constructor(options: ScheduleDeskOptions) {
    this.#options = options
  }

  async list(): Promise<readonly ScheduleStanding[]> {
    const { book, bookmarks, clock, all } = this.#options
    await Promise.all([book.refresh(), bookmarks.refresh()])
    return all.map((scheduled) => ({
      scheduled,
      nextMs: nextDue(scheduled.schedule, clock.nowMs()),
      lastMs: this.#lastMs(scheduled),
      lastRun: book.newest(scheduled.isSame),
    }))
  }

  /** The runs that do it now: those under way, or new ones. */
  async run(name: string, by: string): Promise<readonly Run[]> {
    const found = this.#options.all.find((one) => one.name === name)
    if (found === undefined) throw new MillraceError('SCHEDULE_UNKNOWN', `there is no schedule ${name}`)
    return found.order({ by })
  }

  /** What is remembered of a schedule that was never due is when it was first seen. */
  #lastMs({ name, schedule }: Scheduled): number | null {
    const seenMs = this.#options.bookmarks.seenMs(scheduleSource(name))
    return seenMs !== null && lastDue(schedule, seenMs) === seenMs ? seenMs : null
  }
}
