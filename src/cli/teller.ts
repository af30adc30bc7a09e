// Tells people what is amiss and when it is over. Of all processes one does, and hears from the others through the log; it
// never keeps the pipeline waiting, and nothing that goes wrong here ends it.

import { randomUUID } from 'node:crypto'
import { type Incident, isPresent, type Suffered } from '../core/incident.ts'
import type { Symptom } from '../core/symptom.ts'
import type { Metrics } from '../observe/metrics.ts'
import { due, type GatheringTimes, isRemembered, type Notice, observe, told } from '../observe/notify/gathering.ts'
import { noticeMessage, subjectOf } from '../observe/notify/notice-message.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { FollowNotices } from '../pipeline/follow-notices.ts'
import type { NoticeBook } from '../pipeline/notice-book.ts'
import type { FreshNotices } from './fresh-notices.ts'
import type { Letterbox } from './letterbox.ts'

export interface TellerOptions {
  readonly book: NoticeBook
  readonly fresh: FreshNotices
  readonly following: Pick<FollowNotices, 'isTelling'>
  readonly letterbox: Letterbox
  readonly clock: Clock
  readonly metrics: Pick<Metrics, 'incidentsOpen'>
  readonly times: GatheringTimes
  /** What to say of a log that does not answer. */
  readonly logAway: Symptom
  /** Null where nobody knows it. */
  readonly console: string | null
  /** Whether one that is over is to stay on record for another reason. */
  readonly isWanted: (incident: Incident) => boolean
  /** What this process knows: of its own parts, and what all know alike. */
  readonly look: () => Promise<{ readonly own: readonly Symptom[]; readonly shared: readonly Symptom[] }>
}

/** What another process said is true for so long; it says it again meanwhile. */
const STANDING_MS_MAX = 90_000
const STANDING_EVERY_MS = 30_000

export class Teller {
  readonly #options: TellerOptions
  readonly #process = randomUUID()
  #incidents: readonly Incident[] = []
  #isTelling = false
  /** What others said last, and what the log did. */
  #heard: readonly Symptom[] = []
  /** Ids of the incidents that this process has made or taken over: what it has done with is not to come back. */
  readonly #met = new Set<string>()
  /** What this process has told the others last, and when. */
  #said = { text: '[]', atMs: 0 }
  /** Sent, and not yet on record. */
  readonly #toKeep = new Set<string>()

  constructor(options: TellerOptions) {
    this.#options = options
  }

  async look(): Promise<void> {
    const { following, fresh, look, logAway } = this.#options
    const { own, shared } = await look()
    const isFresh = await fresh.isFresh()
    if (!following.isTelling) return this.#standBy(own, isFresh)
    this.#isTelling = true
    if (isFresh) await this.#hear(shared)
    // What the log said last is taken for true while it is away: that nobody can say it is no sign that it is over.
    const all = [...this.#heard, ...(isFresh ? [] : [logAway]), ...own]
    // Two processes may suffer the same: it is one thing.
    this.#gather([...new Map(all.map((one) => [one.key, one])).values()])
    if (isFresh) await this.#keep()
  }

  async #standBy(own: readonly Symptom[], isFresh: boolean): Promise<void> {
    const { letterbox, metrics } = this.#options
    metrics.incidentsOpen.set(0)
    if (this.#isTelling) letterbox.takeBack()
    if (!isFresh) return
    // What was told while the log was away is for the next one to know.
    if (this.#isTelling) await this.#keep()
    this.#isTelling = false
    this.#incidents = []
    this.#met.clear()
    await this.#sayToOthers(own)
  }

  #gather(symptoms: readonly Symptom[]): void {
    const { clock, times, metrics } = this.#options
    const nowMs = clock.nowMs()
    this.#incidents = observe(this.#incidents, { symptoms, nowMs, newId: randomUUID }, times)
    for (const incident of this.#incidents) {
      const notice = due(incident, times, nowMs)
      if (notice !== null) this.#tell(notice, nowMs)
    }
    const isThere = (one: Suffered) =>
      isPresent(one) && (one.toldCount !== null || nowMs - one.sinceMs >= one.symptom.lastsMs)
    metrics.incidentsOpen.set(this.#incidents.filter(({ suffered }) => suffered.some(isThere)).length)
  }

  #tell(notice: Notice, nowMs: number): void {
    const { letterbox, console } = this.#options
    const { id } = notice.incident
    const write = (heldBack: readonly string[]) => noticeMessage(notice, { nowMs, console, heldBack })
    const posted = letterbox.post({ name: id, subject: subjectOf(notice), write })
    if (posted === null) return
    this.#incidents = this.#incidents.map((one) => (one.id === id ? told(notice, nowMs) : one))
    // It is on record once somebody was reached: who takes over before tells it again.
    void posted.then((isSent) => isSent && this.#toKeep.add(id))
  }

  /** What the log does not take now it takes at a later look. */
  async #keep(): Promise<void> {
    const { book, times, clock, isWanted } = this.#options
    const kept = this.#incidents.filter(({ id }) => this.#toKeep.has(id))
    const alive = new Set(this.#incidents.map(({ id }) => id))
    const isOver = (one: Incident) => !alive.has(one.id) && !isRemembered(one, times, clock.nowMs())
    const over = book.all('incident').filter((one) => isOver(one) && !isWanted(one))
    try {
      await book.keep('incident', kept)
      for (const { id } of kept) this.#toKeep.delete(id)
      await book.forget('incident', over)
    } catch {
      // The parts say what the log's matter is.
    }
  }

  /** What other processes say, and what people were told by them. */
  async #hear(shared: readonly Symptom[]): Promise<void> {
    const { book, clock } = this.#options
    const known = book.all('incident').filter(({ id }) => !this.#met.has(id))
    this.#incidents = withKnown(this.#incidents, known)
    for (const { id } of [...this.#incidents, ...known]) this.#met.add(id)
    const standings = book.all('standing').filter((one) => one.process !== this.#process)
    const isFresh = ({ atMs }: { readonly atMs: number }) => clock.nowMs() - atMs < STANDING_MS_MAX
    this.#heard = [...standings.filter(isFresh).flatMap(({ symptoms }) => symptoms), ...shared]
    const stale = standings.filter((one) => !isFresh(one))
    await book.forget('standing', stale).catch(() => undefined)
  }

  async #sayToOthers(symptoms: readonly Symptom[]): Promise<void> {
    const { book, clock } = this.#options
    const text = JSON.stringify(symptoms.map(({ key }) => key))
    const atMs = clock.nowMs()
    const isOld = symptoms.length > 0 && atMs - this.#said.atMs >= STANDING_EVERY_MS
    if (text === this.#said.text && !isOld) return
    const standing = { process: this.#process, symptoms, atMs }
    await (symptoms.length === 0 ? book.forget('standing', [standing]) : book.keep('standing', [standing]))
    this.#said = { text, atMs }
  }
}

/** What was told while the log was away counts more than what it had before. */
function withKnown(own: readonly Incident[], known: readonly Incident[]): readonly Incident[] {
  return [...own, ...known.filter(({ group }) => !own.some((one) => one.group === group))]
}
