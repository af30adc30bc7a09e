// Counts for runs what becomes of their rows, in the part of the log that one delivery works on. The sums are committed
// with the cursor, so each row is counted once, whatever crashes.

import { addTallies, type Tally } from '../core/run.ts'
import type { Write } from '../core/write.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'
import type { Outcome } from '../sink/sink.ts'
import { RunBook, type RunBookOptions } from './run-book.ts'
import { tallyRecord } from './tally-record.ts'
import { TallySum } from './tally-sum.ts'

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
  const sum = new TallySum()
  sum.row(writes, outcomes)
  return sum.tally
}

/** Of many rows, whose outcomes follow one another. */
export function tallyOfAll(
  rows: readonly { readonly writes: readonly Write[] }[],
  outcomes: readonly Outcome[],
): Tally {
  const sum = new TallySum()
  let at = 0
  for (const { writes } of rows) {
    sum.row(writes, outcomes, at)
    at += writes.length
  }
  return sum.tally
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
