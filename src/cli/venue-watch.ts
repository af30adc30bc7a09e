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

interface Aged {
  readonly venue: string
  /** Null for a venue that has no such mark. */
  readonly seconds: number | null
}

export function venueWatch({ connector, source, book, metrics, clock }: VenueWatchOptions): Watch {
  const { name } = connector
  const look = async (signal: AbortSignal) => {
    await book.refresh()
    const ids: string[] = []
    for await (const page of new Venues(source, connector).pages(signal)) ids.push(...page.map(({ id }) => id))
    const verified = verifiedMs(book.verified(name))
    const syncedMs = (id: string) => book.venueSync(name, id)?.syncedAtMs ?? null
    const aged = (markMs: (id: string) => number | null) => {
      return ids.map((id): Aged => ({ venue: id, seconds: ageOf(markMs(id), clock.nowMs()) }))
    }
    metrics.venueStalest.reset()
    tell(metrics, { connector: name, mark: 'synced' }, aged(syncedMs))
    tell(metrics, { connector: name, mark: 'verified' }, aged(verified))
  }
  const forget = () => {
    metrics.venues.reset()
    metrics.venueStalest.reset()
  }
  return watch({ clock, everyMs: EVERY_MS, look, forget })
}

function tell(
  { venues, venueStalest }: VenueWatchOptions['metrics'],
  labels: { readonly connector: string; readonly mark: string },
  all: readonly Aged[],
): void {
  const counts = Map.groupBy(
    all,
    ({ seconds }) => AGES.find(({ belowS }) => (seconds ?? -1) < belowS && seconds !== null)?.age ?? NEVER,
  )
  for (const age of [...AGES.map((one) => one.age), NEVER]) venues.set({ ...labels, age }, counts.get(age)?.length ?? 0)
  const known = all.flatMap(({ venue, seconds }) => (seconds === null ? [] : [{ venue, seconds }]))
  const stalest = known.toSorted((one, other) => other.seconds - one.seconds).slice(0, STALEST)
  for (const { venue, seconds } of stalest) venueStalest.set({ ...labels, venue }, seconds)
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
