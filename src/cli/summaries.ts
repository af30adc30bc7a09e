// Once a day, across processes and starts: what each process counts is left in the log, and the one that tells people puts it
// together. What was missed while nobody ran is told once.

import { randomUUID } from 'node:crypto'
import type { FlowView } from '../control/flow-view.ts'
import type { DayFigures } from '../core/figures.ts'
import type { Incident } from '../core/incident.ts'
import { lastDue } from '../core/schedule.ts'
import { summaryMessage, summarySubject } from '../observe/notify/summary-message.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { FollowNotices } from '../pipeline/follow-notices.ts'
import type { NoticeBook } from '../pipeline/notice-book.ts'
import type { DayCount } from './day-count.ts'
import { type DaySummaryOptions, daySummary } from './day-summary.ts'
import type { FreshNotices } from './fresh-notices.ts'
import type { Letterbox } from './letterbox.ts'

export interface SummariesOptions {
  readonly cron: string
  readonly zone: string
  /** Tells these messages from those of another millrace. */
  readonly place: string
  readonly count: DayCount
  readonly book: NoticeBook
  readonly fresh: FreshNotices
  readonly runs: DaySummaryOptions['runs']
  readonly following: Pick<FollowNotices, 'isTelling'>
  readonly letterbox: Letterbox
  readonly clock: Clock
  /** Null where nobody knows it. */
  readonly console: string | null
}

/** Under which the log has when the last one was due. */
const SUMMARY = 'summary'
/** Who is killed loses what it counted since. */
const SAVE_MS = 60_000
/** The others leave what they counted meanwhile. */
const GRACE_MS = 30_000
/** Nobody was reached for so long: older days are no news. */
const KEPT_MS_MAX = 8 * 24 * 3_600_000

export class Summaries {
  readonly #options: SummariesOptions
  readonly #process = randomUUID()
  #day: { readonly dayMs: number; readonly fromMs: number } | null = null
  /** Days that ended, and are not yet in the log. */
  #ended: readonly DayFigures[] = []
  #saved = { text: '', atMs: 0 }
  /** What this process has told, or is about to: when it was due. */
  #toldMs = 0
  #reachedMs = 0

  constructor(options: SummariesOptions) {
    this.#options = options
  }

  /** A log that does not answer now is asked again at the next look. */
  async look(view: FlowView): Promise<void> {
    const { count, following, fresh, clock } = this.#options
    count.see(view)
    await this.#turn(clock.nowMs())
    if (!following.isTelling) this.#toldMs = 0
    if (!(await fresh.isFresh())) return
    if (clock.nowMs() - this.#saved.atMs >= SAVE_MS || this.#ended.length > 0) await this.save().catch(() => undefined)
    // Again, for what was just saved is part of it.
    if (following.isTelling && (await fresh.isFresh())) await this.#tell(view).catch(() => undefined)
  }

  /** Leaves in the log what was counted. */
  async save(): Promise<void> {
    const { count, book, clock } = this.#options
    if (this.#day === null) return
    const figures = await count.figures()
    const text = JSON.stringify(figures)
    const now: DayFigures = { process: this.#process, ...this.#day, atMs: clock.nowMs(), figures }
    const isNews = text !== this.#saved.text
    await book.keep('figures', [...this.#ended, ...(isNews ? [now] : [])])
    this.#ended = []
    this.#saved = { text, atMs: now.atMs }
  }

  /** Whether the next summary tells of it. */
  tells({ toldAtMs, clearSinceMs }: Incident): boolean {
    const { book, clock } = this.#options
    const nowMs = clock.nowMs()
    const lastMs = Math.max(book.toldMs(SUMMARY) ?? nowMs, nowMs - KEPT_MS_MAX)
    return toldAtMs !== null && (clearSinceMs ?? nowMs) >= lastMs
  }

  /** Into the next day, once that begins. */
  async #turn(nowMs: number): Promise<void> {
    const { count } = this.#options
    const dayMs = lastDue(this.#options, nowMs) ?? 0
    if (this.#day?.dayMs === dayMs) return
    if (this.#day !== null) {
      const ended = { process: this.#process, ...this.#day, atMs: nowMs, figures: await count.end() }
      this.#ended = [...this.#ended, ended]
      this.#saved = { text: '', atMs: 0 }
    }
    this.#day = { dayMs, fromMs: nowMs }
  }

  async #tell(view: FlowView): Promise<void> {
    const { book, clock, letterbox, place, console } = this.#options
    const nowMs = clock.nowMs()
    const lastMs = book.toldMs(SUMMARY)
    // What was due before anybody knew of it is nobody's.
    if (lastMs === null) return book.keepTold({ name: SUMMARY, atMs: nowMs }, [])
    if (this.#reachedMs > lastMs) return this.#conclude()
    const toMs = lastDue(this.#options, nowMs) ?? 0
    if (toMs <= Math.max(lastMs, this.#toldMs) || nowMs - toMs < GRACE_MS) return
    const { runs, zone } = this.#options
    const id = `summary.${place}.${toMs}`
    const summary = daySummary({ id, fromMs: lastMs, toMs, zone, book, runs, view })
    const write = (heldBack: readonly string[]) => summaryMessage(summary, { console, heldBack })
    const posted = letterbox.post({ name: SUMMARY, subject: summarySubject(summary), write })
    if (posted === null) return
    this.#toldMs = toMs
    void posted.then((isSent) => {
      if (isSent) this.#reachedMs = toMs
    })
    const old = book.all('figures').filter(({ atMs }) => nowMs - atMs > KEPT_MS_MAX)
    await book.forget('figures', old)
  }

  /** Somebody was reached: it is on record, and what it was made of is not needed any more. */
  async #conclude(): Promise<void> {
    const { book } = this.#options
    const spent = book.all('figures').filter(({ dayMs }) => dayMs < this.#reachedMs)
    await book.keepTold({ name: SUMMARY, atMs: this.#reachedMs }, spent)
  }
}
