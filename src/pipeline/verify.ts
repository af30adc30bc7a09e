// Compares rows of the source with what the target holds, while both change. What differs is looked at again when the
// deliveries have caught up; what differs still is on record, and mended where that was asked for.

import { z } from 'zod'
import type { RowDifference } from '../core/difference.ts'
import { addTallies, NO_TALLY, type Tally } from '../core/run.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import type { RowSource } from '../source/source.ts'
import type { Clock } from './clock.ts'
import type { Described } from './describe-found.ts'
import { DIFFERENCES_MAX, differenceRecord, differencesOf, forgetAllBut } from './differences.ts'
import { type Mending, needsDelivery } from './mending.ts'
import { readPlace } from './read-place.ts'
import { type CheckedRow, differs } from './row-check.ts'
import type { RunWork, Step } from './run-work.ts'
import { type FoundRow, fullName, type Settling } from './settling.ts'
import { tallyRecord } from './tally-record.ts'
import { type VerifyPages, VerifyPlace } from './verify-pages.ts'
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

/** And how many rows were given to the log once more, how many differences are on record, and which rows are being mended. */
const Bookmark = z.object({ ...VerifyPlace.shape, given: z.number(), told: z.number(), mending: z.array(z.string()) })

/** So many rows that differ wait to be looked at again. */
const SUSPECTS_MAX = 500
const STEP_MS = 500
/** Verifications whose differences are kept. */
const KEPT_MAX = 10

export class Verify {
  readonly #options: VerifyOptions
  readonly #work: RunWork
  readonly #repairs: boolean
  /** On record as found and not as mended, by row: an attempt that broke off may have mended them. */
  readonly #open = new Map<string, readonly RowDifference[]>()
  /** Of those, what was being mended: an item whose row is gone is not met again once it is marked as removed. */
  #mending = new Set<string>()
  #given = 0
  #told = 0
  #rows: number
  /** Up to the bookmark, and since then. */
  #tally: Tally = NO_TALLY
  #since: Tally = NO_TALLY
  readonly #news: RowDifference[] = []
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
      this.#equal(rows.filter((row) => !differs(row)))
      suspects.push(...rows.filter(differs))
      const isDue = isEnd || (suspects.length === 0 && clock.nowMs() - this.#steppedAtMs > STEP_MS)
      if (!isDue && suspects.length < SUSPECTS_MAX) continue
      const tell = await this.#settle(suspects.splice(0), at)
      if (tell === null) return
      await this.#step(next, tell)
      at = next
    }
    if (this.#mending.size === 0 || this.#work.signal.aborted) return
    for (const name of this.#mending) this.#mendedBefore(name)
    this.#rows += this.#mending.size
    this.#add({ applied: this.#mending.size })
    this.#mending.clear()
    await this.#step(at, async () => [])
  }

  async #begin(): Promise<VerifyPlace> {
    const { source, log } = this.#options
    const { order, progress } = this.#work
    if (progress.bookmark !== null) {
      const { given, told, mending, ...place } = readPlace(Bookmark, progress.bookmark, 'verification')
      this.#given = given
      this.#mending = new Set(mending)
      this.#told = told
      this.#tally = await this.#work.tally()
      for (const one of await differencesOf(this.#options, order.id)) if (!one.isMended) this.#remember(one)
      return place
    }
    const { scopes } = verifyScope(order)
    const each = await Promise.all(scopes.map((scope) => this.#work.retry(() => source.expect(scope))))
    this.#work.expect(each.reduce((sum, rows) => (sum === null || rows === null ? null : sum + rows), 0))
    const runs = (await this.#work.book()).all().filter((run) => run.order.kind === order.kind)
    const kept = new Set(runs.slice(0, KEPT_MAX).map((run) => run.order.id))
    await this.#work.note(() => forgetAllBut({ log }, kept))
    return { table: 0, upTo: null, after: null, items: null }
  }

  #remember(one: RowDifference): void {
    const name = nameOfFound(one)
    this.#open.set(name, [...(this.#open.get(name) ?? []), one])
  }

  /** Rows that an attempt which broke off has found, and that are good now, it has mended. */
  #equal(rows: readonly CheckedRow[]): void {
    const ignored = rows.filter(({ isIgnored }) => isIgnored).length
    let mended = 0
    for (const { event } of this.#open.size === 0 ? [] : rows) {
      const name = fullName(event)
      this.#mending.delete(name)
      if (this.#mendedBefore(name)) mended++
    }
    this.#add({ exists: rows.length - ignored - mended, ignored, applied: mended })
  }

  #mendedBefore(name: string): boolean {
    const open = this.#open.get(name)
    if (open === undefined) return false
    this.#open.delete(name)
    this.#news.push(...open.map((one) => ({ ...one, isMended: true })))
    return true
  }

  #add(counts: Partial<Tally>): void {
    this.#since = addTallies(this.#since, { ...NO_TALLY, ...counts })
  }

  /** What is to be put on record of rows that looked different; null when it was broken off. */
  async #settle(suspects: readonly CheckedRow[], at: VerifyPlace): Promise<Telling | null> {
    if (suspects.length === 0) return async () => []
    const { signal } = this.#work
    const { found, unsettled } = await this.#work.retry(() => this.#options.settling.of(suspects, signal))
    if (signal.aborted) return null
    const others = new Set([...found, ...unsettled].map(({ event }) => fullName(event)))
    this.#equal(suspects.filter(({ event }) => !others.has(fullName(event))))
    this.#add({ stale: unsettled.length })
    for (const { event } of unsettled) this.#mending.delete(fullName(event))
    if (found.length === 0) return async () => []
    const mended = this.#repairs ? await this.#mend(found, at) : new Set<string>()
    if (mended === null) return null
    this.#add({ applied: mended.size, rejected: found.length - mended.size, writes: writesOf(found) })
    const room = DIFFERENCES_MAX - this.#told
    this.#told += Math.min(
      room,
      found.reduce((sum, row) => sum + countOf(row), 0),
    )
    return async () => {
      const { schemas, differences } = await this.#options.describe(found)
      const told = differences.slice(0, room)
      return [
        ...schemas,
        ...(await this.#pack(told.map((one) => ({ ...one, isMended: mended.has(nameOfFound(one)) })))),
      ]
    }
  }

  /** What it has found is on record before anything is mended. */
  async #mend(found: readonly FoundRow[], at: VerifyPlace): Promise<ReadonlySet<string> | null> {
    const isGiven = found.map(needsDelivery)
    this.#given += isGiven.filter(Boolean).length
    for (const { event } of found) this.#mending.add(fullName(event))
    await this.#work.step(this.#stepAt(at, this.#work.progress.rows), async () => {
      const { schemas, changes, differences } = await this.#options.describe(found)
      const told = await this.#pack(differences.slice(0, DIFFERENCES_MAX - this.#told))
      return [...schemas, ...changes.filter((_, index) => isGiven[index]), ...told]
    })
    const mended = await this.#options.mending.of(found, this.#given, this.#work)
    if (this.#work.signal.aborted) return null
    for (const { event } of found) this.#mending.delete(fullName(event))
    return mended
  }

  async #step(next: VerifyPlace, tell: Telling): Promise<void> {
    const tally = addTallies(this.#tally, this.#since)
    const part = { run: this.#work.order.id, part: 'verify' }
    const news = this.#news.splice(0)
    const records = async () => [
      ...(await tell()),
      ...(await this.#pack(news)),
      await tallyRecord(this.#options.records, { ...tally, ...part }),
    ]
    await this.#work.step(this.#stepAt(next, this.#rows), records)
    this.#tally = tally
    this.#since = NO_TALLY
    this.#steppedAtMs = this.#options.clock.nowMs()
  }

  #stepAt(place: VerifyPlace, rows: number): Step {
    const bookmark = JSON.stringify({ ...place, given: this.#given, told: this.#told, mending: [...this.#mending] })
    return { bookmark, rows, rowsPerSecond: this.#options.pages.rowsPerSecond }
  }

  #pack(differences: readonly RowDifference[]): Promise<readonly LogRecord[]> {
    return Promise.all(differences.map((one) => differenceRecord(this.#options.records, one)))
  }
}

type Telling = () => Promise<readonly LogRecord[]>

/** As the row itself is named. */
function nameOfFound({ sourceTable, row }: RowDifference): string {
  return `${sourceTable} ${row}`
}

/** So many differences are told of it. */
function countOf({ reason, differences }: CheckedRow): number {
  return reason === null ? differences.length : 1
}

function writesOf(found: readonly FoundRow[]): Tally['writes'] {
  const differences = found.flatMap((row) => row.differences)
  const missing = differences.filter(({ fields }) => fields === null).length
  const fields = differences.reduce((sum, one) => sum + (one.fields?.length ?? 0), 0)
  return { ...(missing > 0 && { 'items missing': missing }), ...(fields > 0 && { 'fields differing': fields }) }
}
