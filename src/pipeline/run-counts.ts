// Counts for runs what becomes of their rows, in the part of the log that one delivery works on. The sums are committed
// with the cursor, so each row is counted once, whatever crashes.

import { addTallies, NO_TALLY, type Tally } from '../core/run.ts'
import type { Write } from '../core/write.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'
import type { Outcome } from '../sink/sink.ts'
import { RunBook, type RunBookOptions } from './run-book.ts'
import { tallyRecord } from './tally-record.ts'

/** What is not kept is read from the book again. */
const KEPT_MAX = 10_000

export class RunCounts {
  readonly #records: RecordCodec
  readonly #book: RunBook
  /** Sums that this member has committed itself, by part and run. */
  readonly #kept = new Map<string, Map<string, Tally>>()

  constructor(options: RunBookOptions) {
    this.#records = options.records
    this.#book = new RunBook(options)
  }

  /** Another member may have counted here meanwhile. */
  drop(part: string): void {
    this.#kept.delete(part)
  }

  /** The sums so far with these added to them. */
  async with(added: ReadonlyMap<string, Tally>, part: string): Promise<ReadonlyMap<string, Tally>> {
    const kept = this.#kept.get(part)
    if ([...added.keys()].some((run) => !kept?.has(run))) await this.#book.refresh()
    return new Map(
      [...added].map(([run, tally]) => [run, addTallies(kept?.get(run) ?? this.#book.tallyOf(run, part), tally)]),
    )
  }

  /** These sums are committed. */
  keep(sums: ReadonlyMap<string, Tally>, part: string): void {
    const kept = this.#kept.get(part) ?? new Map<string, Tally>()
    if (kept.size > KEPT_MAX) kept.clear()
    for (const [run, tally] of sums) kept.set(run, tally)
    this.#kept.set(part, kept)
  }

  pack(sums: ReadonlyMap<string, Tally>, part: string): Promise<readonly LogRecord[]> {
    return Promise.all([...sums].map(([run, tally]) => tallyRecord(this.#records, { ...tally, run, part })))
  }
}

/** What became of one row: rejected if any of its writes was, applied if any was, else what is said first below. */
export function tallyOf(writes: readonly Write[], outcomes: readonly Outcome[]): Tally {
  const dids = new Set(outcomes.flatMap(didsOf))
  const did = (['rejected', 'applied', 'exists', 'stale'] as const).find((one) => dids.has(one)) ?? 'ignored'
  const counts: Record<string, number> = {}
  outcomes.forEach((outcome, index) => {
    const write = writes[index]
    if (write === undefined) return
    countWrites(counts, { ...outcome, do: write.do })
    if (outcome.change !== undefined)
      counts[`${write.table} ${outcome.change}`] = (counts[`${write.table} ${outcome.change}`] ?? 0) + 1
    if (isKnown(write, outcome)) counts['create exists'] = (counts['create exists'] ?? 0) + 1
    counts.units = (counts.units ?? 0) + unitsOf(write, outcome)
  })
  return { ...NO_TALLY, [did]: 1, writes: counts }
}

/** Of many rows, whose outcomes follow one another. */
export function tallyOfAll(
  rows: readonly { readonly writes: readonly Write[] }[],
  outcomes: readonly Outcome[],
): Tally {
  let tally = NO_TALLY
  let at = 0
  for (const { writes } of rows) {
    tally = addTallies(tally, tallyOf(writes, outcomes.slice(at, at + writes.length)))
    at += writes.length
  }
  return tally
}

/** The same for each venue that the row's writes are for, as if it were a row of each. */
export function talliesByVenue(
  writes: readonly Write[],
  outcomes: readonly Outcome[],
  venueOf: (write: Write) => string | null,
): ReadonlyMap<string, Tally> {
  const venues = new Set(writes.flatMap((write) => venueOf(write) ?? []))
  const of = (venue: string) => (_: unknown, index: number) => {
    const write = writes[index]
    return write !== undefined && venueOf(write) === venue
  }
  return new Map(
    [...venues].map((venue) => [venue, tallyOf(writes.filter(of(venue)), outcomes.filter(of(venue)))] as const),
  )
}

/** The venue was adopted with this row's item: nobody was looked for, and nothing made. */
function isKnown(write: Write, { did, dependents }: Outcome): boolean {
  return write.do === 'identify' && write.adopted !== undefined && did === 'exists' && dependents === undefined
}

function didsOf(outcome: Outcome): readonly Outcome['did'][] {
  return [outcome.did, ...(outcome.dependents ?? []).flatMap(didsOf)]
}

function countWrites(counts: Record<string, number>, outcome: Outcome): void {
  const names = [`${outcome.do} ${outcome.did}`, ...(outcome.made ? [`${outcome.do} made`] : [])]
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  for (const dependent of outcome.dependents ?? []) countWrites(counts, dependent)
}

const UNIT_BYTES = 1024

/** Near enough to keep to a limit; the bill is Amazon's. */
function unitsOf(write: Write, { made, dependents = [] }: Outcome): number {
  if (write.do === 'identify') {
    const items = 1 + write.claims.length + (write.self === undefined ? 0 : 1) + (write.pin === undefined ? 0 : 1)
    // A transaction costs twice; an item that is found costs nothing to speak of.
    return (made ? 2 * items : 0) + dependents.filter(({ did }) => did !== 'stale').length
  }
  if (write.do !== 'create' && write.do !== 'merge') return 1
  let bytes = 0
  for (const field of Object.values(write.fields)) bytes += typeof field === 'string' ? field.length : 8
  return Math.max(1, Math.ceil(bytes / UNIT_BYTES))
}
