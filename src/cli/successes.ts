// Runs that are done, of the kinds that somebody asked to hear of: each is told once, across processes and starts, those of a
// while together. What ended badly is an incident instead.

import type { RunKind } from '../core/run.ts'
import type { Told } from '../core/told.ts'
import { type Success, successMessage, successSubject } from '../observe/notify/success-message.ts'
import { isBad } from '../pipeline/bad-runs.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { FollowNotices } from '../pipeline/follow-notices.ts'
import type { NoticeBook } from '../pipeline/notice-book.ts'
import { type Run, type RunBook, stateOf } from '../pipeline/run-book.ts'
import type { FreshNotices } from './fresh-notices.ts'
import type { Letterbox } from './letterbox.ts'

export interface SuccessesOptions {
  readonly kinds: readonly RunKind[]
  readonly gatherMs: number
  readonly book: NoticeBook
  readonly fresh: FreshNotices
  readonly runs: Pick<RunBook, 'standings' | 'get'>
  readonly following: Pick<FollowNotices, 'isTelling'>
  readonly letterbox: Letterbox
  readonly clock: Clock
  /** Null where nobody knows it. */
  readonly console: string | null
}

/** Under which the log has since when runs are told. */
const SINCE = 'runs'
/** Older news is none. */
const AGE_MS_MAX = 24 * 3_600_000

const nameOf = (id: string) => `run ${id}`

export class Successes {
  readonly #options: SuccessesOptions
  /** When the first of those that are to be told next was seen. */
  #firstSeenMs: number | null = null
  /** Told by this process, or about to be. */
  readonly #posted = new Set<string>()
  /** Somebody was reached by it, and it is not yet on record. */
  #toKeep: readonly Told[] = []

  constructor(options: SuccessesOptions) {
    this.#options = options
  }

  /** A log that does not answer now is asked again at the next look. */
  async look(): Promise<void> {
    const { following, fresh } = this.#options
    if (following.isTelling) return (await fresh.isFresh()) ? this.#tell().catch(() => undefined) : undefined
    this.#posted.clear()
    this.#firstSeenMs = null
  }

  async #tell(): Promise<void> {
    const { book, clock, gatherMs, letterbox, console } = this.#options
    await this.#keep()
    const nowMs = clock.nowMs()
    const sinceMs = book.toldMs(SINCE)
    // What was done before anybody asked is no news.
    if (sinceMs === null) return book.keepTold({ name: SINCE, atMs: nowMs }, [])
    const done = this.#done(Math.max(sinceMs, nowMs - AGE_MS_MAX))
    if (done.length === 0) return
    this.#firstSeenMs ??= nowMs
    if (nowMs - this.#firstSeenMs < gatherMs) return
    const runs = done.map(successOf)
    const write = (heldBack: readonly string[]) => successMessage(runs, { console, heldBack })
    const posted = letterbox.post({ name: SINCE, subject: successSubject(runs), write })
    if (posted === null) return
    this.#firstSeenMs = null
    for (const { id } of runs) this.#posted.add(id)
    const told = done.map((run) => ({ name: nameOf(run.order.id), atMs: endOf(run) }))
    void posted.then((isSent) => {
      if (isSent) this.#toKeep = [...this.#toKeep, ...told]
    })
  }

  #done(sinceMs: number): readonly Run[] {
    const { book, runs, kinds } = this.#options
    const fresh = runs.standings().filter((run) => {
      const { id, kind } = run.order
      const isAsked = kinds.includes(kind) && stateOf(run) === 'done' && endOf(run) >= sinceMs
      return isAsked && book.toldMs(nameOf(id)) === null && !this.#posted.has(id)
    })
    const found = fresh.flatMap(({ order }) => runs.get(order.id) ?? []).filter((run) => !isBad(run))
    return found.toSorted((one, other) => endOf(one) - endOf(other))
  }

  async #keep(): Promise<void> {
    const { book, clock } = this.#options
    const keeping = this.#toKeep
    await book.keep('told', keeping)
    this.#toKeep = this.#toKeep.slice(keeping.length)
    const oldestMs = clock.nowMs() - 2 * AGE_MS_MAX
    const old = book.all('told').filter(({ name, atMs }) => name.startsWith(nameOf('')) && atMs < oldestMs)
    await book.forget('told', old)
  }
}

function endOf({ progress }: Pick<Run, 'progress'>): number {
  return progress?.endedAtMs ?? 0
}

function successOf(run: Run): Success {
  const { order, progress, tally } = run
  const tookMs = endOf(run) - (progress?.startedAtMs ?? 0)
  return { id: order.id, kind: order.kind, connector: order.connector, rows: progress?.rows ?? 0, tookMs, tally }
}
