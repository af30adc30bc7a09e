// Compares rows of the source with what the target holds, while both change. What differs is looked at again when the
// deliveries have caught up; what differs still is on record, and mended where that was asked for.

import type { RowDifference } from '../core/difference.ts'
import { addTallies, NO_TALLY, type Tally } from '../core/run.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import type { RowSource } from '../source/source.ts'
import type { Clock } from './clock.ts'
import { comparedOf } from './compared-counts.ts'
import type { Described } from './describe-found.ts'
import { differenceRecord, differencesOf, forgetAllBut } from './differences.ts'
import { expectRows } from './expect-rows.ts'
import { Findings } from './findings.ts'
import { type Mending, needsDelivery } from './mending.ts'
import { readPlace } from './read-place.ts'
import { type CheckedRow, differs } from './row-check.ts'
import type { RunWork, Step } from './run-work.ts'
import { type FoundRow, fullName, type Settling } from './settling.ts'
import { tallyRecord } from './tally-record.ts'
import { VerifyBookmark } from './verify-bookmark.ts'
import type { VerifyPages, VerifyPlace } from './verify-pages.ts'
import { verifyScope } from './verify-scope.ts'

export interface VerifyOptions {
  readonly source: Pick<RowSource, 'expect'>
  readonly pages: VerifyPages
  readonly log: Log
  readonly records: RecordCodec
  readonly clock: Clock
  readonly settling: Settling
  readonly mending: Mending
  readonly describe: (found: readonly FoundRow[]) => Promise<Described>
}

/** So many rows that differ wait to be looked at again. */
const SUSPECTS_MAX = 500
const STEP_MS = 500
/** And no longer than this, for where it pauses or is killed it begins again behind its last step. */
const SETTLE_MS = 2_000
/** Verifications whose differences are kept. */
const KEPT_MAX = 10

export class Verify {
  readonly #options: VerifyOptions
  readonly #work: RunWork
  readonly #repairs: boolean
  readonly #findings = new Findings()
  #given = 0
  #rows: number
  /** Up to the bookmark, and since then. */
  #tally: Tally = NO_TALLY
  #since: Tally = NO_TALLY
  #steppedAtMs = 0

  constructor(options: VerifyOptions, work: RunWork) {
    this.#options = options
    this.#work = work
    this.#repairs = verifyScope(work.order).repairs
    this.#rows = work.progress.rows
  }

  async run(): Promise<void> {
    const { clock, pages } = this.#options
    let at = await this.#begin()
    const suspects: CheckedRow[] = []
    for await (const { rows, next, isEnd } of pages.from(at)) {
      this.#rows += rows.length
      this.#add({ writes: comparedOf(rows) })
      this.#equal(rows.filter((row) => !differs(row)))
      suspects.push(...rows.filter(differs))
      const waitMs = suspects.length === 0 ? STEP_MS : SETTLE_MS
      const isDue = isEnd || clock.nowMs() - this.#steppedAtMs > waitMs
      if (!isDue && suspects.length < SUSPECTS_MAX) continue
      if (!(await this.#settle(suspects.splice(0), at))) return
      await this.#step(next)
      at = next
    }
    const left = this.#findings.mending
    if (left.length === 0 || this.#work.signal.aborted) return
    this.#rows += left.length
    for (const name of left) this.#add({ applied: 1, writes: this.#findings.close(name, true) })
    await this.#step(at)
  }

  async #begin(): Promise<VerifyPlace> {
    const { source, log } = this.#options
    const { order, progress } = this.#work
    if (progress.bookmark !== null) {
      const { given, told, mending, ...place } = readPlace(VerifyBookmark, progress.bookmark, 'verification')
      this.#given = given
      this.#tally = await this.#work.tally()
      this.#findings.resume({ told, mending }, await differencesOf(this.#options, order.id))
      return place
    }
    await expectRows(source, verifyScope(order).scopes, this.#work)
    const runs = (await this.#work.book()).all().filter((run) => run.order.kind === order.kind)
    const kept = new Set(runs.slice(0, KEPT_MAX).map((run) => run.order.id))
    await this.#work.note(() => forgetAllBut({ log }, kept))
    return { table: 0, upTo: null, after: null, items: null }
  }

  /** Rows that an attempt which broke off was mending, and that are good now, it has mended. */
  #equal(rows: readonly CheckedRow[]): void {
    const [ignored, equal] = [rows.filter(({ isIgnored }) => isIgnored), rows.filter(({ isIgnored }) => !isIgnored)]
    const findings = this.#findings
    // Names of rows are dear, and mostly nobody asks for one.
    const known = (rows: readonly CheckedRow[]) => (findings.isIdle ? [] : rows.map(({ event }) => fullName(event)))
    for (const name of known(ignored)) findings.drop(name)
    const mended = known(equal).filter((name) => findings.isMending(name))
    for (const name of mended) this.#add({ writes: this.#findings.close(name, true) })
    this.#add({ exists: equal.length - mended.length, ignored: ignored.length, applied: mended.length })
  }

  #add(counts: Partial<Tally>): void {
    this.#since = addTallies(this.#since, { ...NO_TALLY, ...counts })
  }

  /** Counts what became of rows that looked different, and has it told with the next step; false: it was broken off. */
  async #settle(suspects: readonly CheckedRow[], at: VerifyPlace): Promise<boolean> {
    if (suspects.length === 0) return true
    const { signal } = this.#work
    const { found, unsettled } = await this.#work.retry(() => this.#options.settling.of(suspects, signal))
    if (signal.aborted) return false
    const others = new Set([...found, ...unsettled].map(({ event }) => fullName(event)))
    this.#equal(suspects.filter(({ event }) => !others.has(fullName(event))))
    for (const { event } of unsettled) this.#findings.drop(fullName(event))
    this.#add({ stale: unsettled.length })
    if (found.length === 0) return true
    await this.#describe(found, at)
    const mended = this.#repairs ? await this.#options.mending.of(found, this.#given, this.#work) : NONE
    if (signal.aborted) return false
    for (const { event } of found) {
      const name = fullName(event)
      const isMended = mended.has(name)
      this.#add({ [isMended ? 'applied' : 'rejected']: 1, writes: this.#findings.close(name, isMended) })
    }
    return true
  }

  /** What it has found is on record before anything is mended, together with what only a delivery mends. */
  async #describe(found: readonly FoundRow[], at: VerifyPlace): Promise<void> {
    const isGiven = found.map((row) => this.#repairs && needsDelivery(row))
    this.#given += isGiven.filter(Boolean).length
    if (this.#repairs) this.#findings.mend(found.map(({ event }) => fullName(event)))
    await this.#work.step(this.#stepAt(at, this.#work.progress.rows), async () => {
      const { schemas, changes, differences } = await this.#options.describe(found)
      const told = this.#findings.open(differences)
      return [
        ...schemas,
        ...changes.filter((_, index) => isGiven[index]),
        ...(this.#repairs ? await this.#pack(told) : []),
      ]
    })
  }

  async #step(next: VerifyPlace): Promise<void> {
    const tally = addTallies(this.#tally, this.#since)
    const part = { run: this.#work.order.id, part: 'verify' }
    const news = this.#findings.takeNews()
    await this.#work.step(this.#stepAt(next, this.#rows), async () => [
      ...(await this.#pack(news)),
      await tallyRecord(this.#options.records, { ...tally, ...part }),
    ])
    this.#tally = tally
    this.#since = NO_TALLY
    this.#steppedAtMs = this.#options.clock.nowMs()
  }

  #stepAt(place: VerifyPlace, rows: number): Step {
    const bookmark = JSON.stringify({ ...place, ...this.#findings.place, given: this.#given })
    return { bookmark, rows, rowsPerSecond: this.#options.pages.rowsPerSecond }
  }

  #pack(differences: readonly RowDifference[]): Promise<readonly LogRecord[]> {
    return Promise.all(differences.map((one) => differenceRecord(this.#options.records, one)))
  }
}

const NONE: ReadonlySet<string> = new Set()
