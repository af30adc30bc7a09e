// How fresh the venues are: how many of each age, and by name only the few that are furthest behind, so that thousands of
// venues make as many series as ten.

import type { Verified } from '../core/verified.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { RunBook } from '../pipeline/run-book.ts'
import { type SyncedConnector, Venues } from '../pipeline/venues.ts'
import type { RowSource } from '../source/source.ts'
import { type Watch, watch } from './watch.ts'

export interface VenueWatchOptions {
  readonly connector: SyncedConnector
  readonly source: Pick<RowSource, 'page'>
  readonly book: Pick<RunBook, 'refresh' | 'venueSync' | 'verified'>
  readonly metrics: Pick<Metrics, 'venues' | 'venueStalest'>
  readonly clock: Clock
}

const EVERY_MS = 60_000
const STALEST = 5
const HOUR_S = 3_600
const AGES: readonly { readonly age: string; readonly belowS: number }[] = [
  { age: 'hour', belowS: HOUR_S },
  { age: 'day', belowS: 24 * HOUR_S },
  { age: 'week', belowS: 7 * 24 * HOUR_S },
  { age: 'month', belowS: 30 * 24 * HOUR_S },
  { age: 'older', belowS: Number.POSITIVE_INFINITY },
]
const NEVER = 'never'
const AGE_NAMES = [...AGES.map(({ age }) => age), NEVER]

interface Aged {
  readonly venue: string
  /** Null for a venue that has no such mark. */
  readonly seconds: number | null
}

export function venueWatch({ connector, source, book, metrics, clock }: VenueWatchOptions): Watch {
  const { name } = connector
  const told = new Told(metrics, name)
  const look = async (signal: AbortSignal) => {
    await book.refresh()
    const ids: string[] = []
    for await (const page of new Venues(source, connector).pages(signal)) ids.push(...page.map(({ id }) => id))
    const verified = verifiedMs(book.verified(name))
    const syncedMs = (id: string) => book.venueSync(name, id)?.syncedAtMs ?? null
    const aged = (markMs: (id: string) => number | null) => {
      return ids.map((id): Aged => ({ venue: id, seconds: ageOf(markMs(id), clock.nowMs()) }))
    }
    told.tell('synced', aged(syncedMs))
    told.tell('verified', aged(verified))
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget: () => told.forget() })
}

const MARKS = ['synced', 'verified'] as const
type Mark = (typeof MARKS)[number]

/** What is shown of one connector. */
class Told {
  readonly #metrics: VenueWatchOptions['metrics']
  readonly #connector: string
  /** The venues that are named, by mark. */
  readonly #named = new Map<Mark, readonly string[]>()

  constructor(metrics: VenueWatchOptions['metrics'], connector: string) {
    this.#metrics = metrics
    this.#connector = connector
  }

  tell(mark: Mark, all: readonly Aged[]): void {
    this.#unname(mark)
    const { venues, venueStalest } = this.#metrics
    const labels = { connector: this.#connector, mark }
    const counts = Map.groupBy(all, ({ seconds }) => ageName(seconds))
    for (const age of AGE_NAMES) venues.set({ ...labels, age }, counts.get(age)?.length ?? 0)
    const known = all.flatMap(({ venue, seconds }) => (seconds === null ? [] : [{ venue, seconds }]))
    const stalest = known.toSorted((one, other) => other.seconds - one.seconds).slice(0, STALEST)
    for (const { venue, seconds } of stalest) venueStalest.set({ ...labels, venue }, seconds)
    this.#named.set(
      mark,
      stalest.map(({ venue }) => venue),
    )
  }

  forget(): void {
    for (const mark of MARKS) {
      this.#unname(mark)
      for (const age of AGE_NAMES) this.#metrics.venues.remove({ connector: this.#connector, mark, age })
    }
  }

  #unname(mark: Mark): void {
    for (const venue of this.#named.get(mark) ?? []) {
      this.#metrics.venueStalest.remove({ connector: this.#connector, mark, venue })
    }
    this.#named.delete(mark)
  }
}

function ageName(seconds: number | null): string {
  return seconds === null ? NEVER : (AGES.find(({ belowS }) => seconds < belowS)?.age ?? NEVER)
}

function ageOf(markMs: number | null, nowMs: number): number | null {
  return markMs === null ? null : Math.max(0, nowMs - markMs) / 1000
}

/** As `verifiedThrough` has it for one venue, for all of them at once. */
function verifiedMs(marks: readonly Verified[]): (venue: string) => number | null {
  const single = new Map(marks.map(({ venue, throughMs }) => [venue, throughMs]))
  const whole = marks.find(({ venue }) => venue === null)
  const except = new Set(whole?.except)
  return (venue) => {
    const ofAll = whole === undefined || except.has(venue) ? null : whole.throughMs
    const own = single.get(venue) ?? null
    return own === null || ofAll === null ? (own ?? ofAll) : Math.max(own, ofAll)
  }
}
