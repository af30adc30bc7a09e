// A sync: the target is told that it has begun, rows are copied as a backfill copies them, and when all of them are
// delivered the target and the log are told what came of it, venue by venue.

import { z } from 'zod'
import { MillraceError } from '../core/errors.ts'
import { NO_TALLY, type Order, type Tally, tallyKey } from '../core/run.ts'
import { syncScope, syncStatsOf, type VenueSync, venueRun, venueSyncKey } from '../core/sync.ts'
import { RUNS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'
import { type BackfillOptions, backfill } from './backfill.ts'
import { readPlace } from './read-place.ts'
import type { RunBook, VenueTally } from './run-book.ts'
import type { RunEnd, RunKindWork, RunWork } from './run-work.ts'
import { planSync } from './sync-plan.ts'
import { type SyncTarget, tell } from './sync-status.ts'
import { tallyRecord } from './tally-record.ts'
import { type Venue, Venues } from './venues.ts'
import { workWithin } from './work-within.ts'

export interface SyncOptions extends BackfillOptions {
  readonly records: RecordCodec
  /** By connector. */
  readonly targets: ReadonlyMap<string, SyncTarget>
}

/** The scopes stay what they were when it began; `at` is where the backfill of them is. */
const Bookmark = z.object({ attempt: z.number(), scopes: z.string(), at: z.string().nullable() })
type Bookmark = z.infer<typeof Bookmark>

/** The part in which a venue is counted when it has begun: whatever happens to its row meanwhile, it will be told of the end. */
const BEGUN = 'begun'
const TOLD_AT_ONCE = 500

export function syncKind(options: SyncOptions): RunKindWork {
  return {
    carryOut: (work) => new Sync(options, work).carryOut(),
    conclude: (work, state) => new Sync(options, work).conclude(state),
  }
}

class Sync {
  readonly #options: SyncOptions
  readonly #work: RunWork
  readonly #target: SyncTarget
  readonly #venues: Venues

  constructor(options: SyncOptions, work: RunWork) {
    this.#options = options
    this.#work = work
    this.#target = targetOf(options, work.order)
    this.#venues = new Venues(options.source, this.#target.connector)
  }

  async carryOut(): Promise<void> {
    const { bookmark } = this.#work.progress
    const known = bookmark === null ? null : readPlace(Bookmark, bookmark, 'sync')
    const { attempt } = this.#work.order
    // Of an attempt that failed the target was told that it has ended: now it has begun again.
    const plan = known?.attempt === attempt ? known : await this.#begin(known ?? (await this.#plan()))
    if (plan === null) return
    await backfill(this.#options, this.#within(plan))
  }

  async #plan(): Promise<Bookmark> {
    const { order, signal } = this.#work
    const { venue } = syncScope(order)
    const book = await this.#work.book()
    const options = { connector: this.#target.connector, venues: this.#venues, book }
    const scopes = await this.#work.retry(() => planSync(options, venue, signal))
    return { attempt: order.attempt, scopes: JSON.stringify(scopes), at: null }
  }

  /** Null when it was broken off. */
  async #begin(plan: Bookmark): Promise<Bookmark | null> {
    const { signal, order } = this.#work
    const begun = { ...plan, attempt: order.attempt }
    for await (const venues of this.#scope()) {
      // On record before the target hears of it: a telling that is broken off may have been heard all the same, and
      // whoever is on record is told of the end.
      await this.#work.note(() => this.#tallies(venues))
      const status = { isUnderWay: true, last: null }
      await tell(
        this.#target,
        this.#work,
        venues.map(({ id }) => ({ venue: id, status })),
      )
      if (signal.aborted) return null
    }
    const { rows, rowsPerSecond } = this.#work.progress
    await this.#work.step({ bookmark: JSON.stringify(begun), rows, rowsPerSecond }, async () => [])
    return begun
  }

  async *#scope(): AsyncIterable<readonly Venue[]> {
    const { order, signal } = this.#work
    const { venue } = syncScope(order)
    if (venue === null) return yield* this.#venues.pages(signal)
    const found = await this.#work.retry(() => this.#venues.find(venue, signal))
    if (found === null) throw new MillraceError('VENUE_UNKNOWN', `there is no venue ${venue}`)
    yield [found]
  }

  #tallies(venues: readonly Venue[]): Promise<readonly LogRecord[]> {
    const { id } = this.#work.order
    return Promise.all(
      venues.map((venue) => {
        return tallyRecord(this.#options.records, { ...NO_TALLY, run: venueRun(id, venue.id), part: BEGUN })
      }),
    )
  }

  /** The same run, as the backfill of its scopes sees it. */
  #within({ scopes, at, attempt }: Bookmark): RunWork {
    const work = this.#work
    return {
      ...workWithin(work, (bookmark) => JSON.stringify({ attempt, scopes, at: bookmark })),
      order: { ...work.order, scope: scopes },
      progress: { ...work.progress, bookmark: at },
    }
  }

  /**
   * A crash between telling the target and telling the log brings both again: the counts are still there, for what is
   * told to the log and what takes the counts away is one append.
   */
  async conclude(state: RunEnd): Promise<void> {
    const { order } = this.#work
    const book = await this.#work.book()
    const tally = book.get(order.id)?.tally ?? NO_TALLY
    const venues = book.venuesOf(order.id)
    for (let start = 0; start < venues.length; start += TOLD_AT_ONCE) {
      const some = venues.slice(start, start + TOLD_AT_ONCE)
      const begun = some.filter(({ parts }) => parts.some(({ part }) => part === BEGUN))
      const syncs = begun.map((venue) => this.#venueSync(venue, tally))
      const told = syncs.map((sync) => {
        return { venue: sync.venue, status: { isUnderWay: false, last: state === 'done' ? sync : null } }
      })
      await tell(this.#target, this.#work, told)
      // A run that failed may go on, and then counts on.
      if (state === 'failed') continue
      const news = state === 'done' ? syncs.filter((sync) => this.#isNews(book, sync)) : []
      await this.#work.note(async () => [...(await this.#pack(news)), ...some.flatMap(cleared)])
    }
  }

  /** Of a sync of one venue all rows are the venue's, also those that became no writes. */
  #venueSync({ venue, tally }: VenueTally, whole: Tally): VenueSync {
    const { order, progress } = this.#work
    const { rejected } = syncScope(order).venue === null ? tally : whole
    const stats = syncStatsOf({ writes: tally.writes, rejected })
    return { connector: order.connector, venue, run: order.id, syncedAtMs: progress.startedAtMs, stats }
  }

  /** One that was ordered later may have been done earlier; the target holds to the same. */
  #isNews(book: RunBook, { connector, venue }: VenueSync): boolean {
    const last = book.venueSync(connector, venue)
    const known = last === null ? null : book.get(last.run)
    return known === null || known.order.orderedAtMs <= this.#work.order.orderedAtMs
  }

  #pack(syncs: readonly VenueSync[]): Promise<readonly LogRecord[]> {
    return Promise.all(
      syncs.map(async (sync) => ({
        topic: RUNS,
        key: Buffer.from(venueSyncKey(sync)),
        value: await this.#options.records.pack('venueSync', sync),
      })),
    )
  }
}

/** What was counted for single venues is told: thousands of venues, synced daily, would fill the topic for ever. */
function cleared({ parts }: VenueTally): readonly LogRecord[] {
  return parts.map((part) => ({ topic: RUNS, key: Buffer.from(tallyKey(part)), value: null }))
}

function targetOf({ targets }: SyncOptions, { connector, id }: Order): SyncTarget {
  const target = targets.get(connector)
  if (target !== undefined) return target
  throw new MillraceError('SCOPE_INVALID', `no connector ${connector} is here whose venues the run ${id} could sync`)
}
