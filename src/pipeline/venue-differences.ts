// Of which venues the last verifications found rows that differ still.

import { NO_TALLY } from '../core/run.ts'
import { type DifferencesPlace, differencesOf } from './differences.ts'
import { type RunBook, stateOf } from './run-book.ts'
import { verifyScope } from './verify-scope.ts'

/** What a verification that is done says of venues: of all of them, where of none by name. */
interface Verdict {
  readonly run: string
  readonly venue: string | null
  readonly beganMs: number
  readonly isEqual: boolean
}

export class VenueDifferences {
  readonly #place: DifferencesPlace
  readonly #book: RunBook
  /** The venues of one verification's differences: what it has found does not change any more. */
  readonly #found = new Map<string, Promise<ReadonlySet<string>>>()

  constructor(place: DifferencesPlace, book: RunBook) {
    this.#place = place
    this.#book = book
  }

  /** When the last verification of a venue began, if it left differences; of the connector, as the book has it. */
  async differedMs(connector: string): Promise<(venue: string) => number | null> {
    const verdicts = this.#verdicts(connector)
    const ofAll = verdicts.find(({ venue }) => venue === null)
    const venues = ofAll === undefined || ofAll.isEqual ? new Set<string>() : await this.#venuesOf(ofAll.run)
    const ofOne = new Map(verdicts.toReversed().map((verdict) => [verdict.venue, verdict]))
    return (venue) => {
      const own = ofOne.get(venue)
      if (own !== undefined && own.beganMs >= (ofAll?.beganMs ?? 0)) return own.isEqual ? null : own.beganMs
      return ofAll !== undefined && venues.has(venue) ? ofAll.beganMs : null
    }
  }

  /** The newest first. */
  #verdicts(connector: string): readonly Verdict[] {
    const done = this.#book.standings().filter((run) => {
      return run.order.kind === 'verify' && run.order.connector === connector && stateOf(run) === 'done'
    })
    const verdicts = done.flatMap(({ order, progress }): readonly Verdict[] => {
      const { venue, isWhole } = verifyScope(order)
      const { rejected, stale } = this.#book.get(order.id)?.tally ?? NO_TALLY
      // What looked at some rows, or left some unsettled, gives nobody the all-clear.
      if (rejected === 0 && (!isWhole || stale > 0)) return []
      return [{ run: order.id, venue, beganMs: progress?.startedAtMs ?? 0, isEqual: rejected === 0 }]
    })
    return verdicts.toSorted((one, other) => other.beganMs - one.beganMs)
  }

  #venuesOf(run: string): Promise<ReadonlySet<string>> {
    const known = this.#found.get(run)
    if (known !== undefined) return known
    this.#found.clear()
    const found = differencesOf(this.#place, run).then((differences) => {
      return new Set(differences.filter(({ isMended }) => !isMended).flatMap(({ venue }) => venue ?? []))
    })
    this.#found.set(run, found)
    found.catch(() => this.#found.delete(run))
    return found
  }
}
