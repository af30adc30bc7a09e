// All venues and whether each needs a sync, for many who look at once: the source is asked for the list now and then, the log
// for the rest.

import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { syncScope } from '../core/sync.ts'
import type { GapBook } from './gap-book.ts'
import { type RunBook, stateOf } from './run-book.ts'
import type { SyncDesk, VenueState } from './sync-desk.ts'
import type { VenueDifferences } from './venue-differences.ts'
import { type ListedVenue, VenueList, type VenueListOptions } from './venue-list.ts'
import { venueNeed } from './venue-need.ts'
import { isSynced } from './venues.ts'

export interface VenueBoardOptions extends Omit<VenueListOptions, 'connector'> {
  readonly syncDesk: SyncDesk
  readonly connectors: readonly Connector[]
  readonly runs: RunBook
  readonly gaps: GapBook
  readonly differences: VenueDifferences
  /** Why nothing that changes now arrives by this connector; null where it does. */
  readonly behind: (connector: string) => Promise<string | null>
}

export interface VenueStanding extends VenueState {
  readonly venue: ListedVenue
  /** Why it needs a sync; null where it needs none. */
  readonly need: string | null
}

/** What it says is true as long as none of these is another. */
interface Known {
  readonly venues: readonly ListedVenue[]
  readonly version: number
  readonly missingMs: number | null
  readonly behind: string | null
}

interface Synced {
  readonly name: string
  readonly list: VenueList
}

export class VenueBoard {
  readonly #options: VenueBoardOptions
  readonly #synced: Synced | null
  #last: { readonly known: Known; readonly standings: readonly VenueStanding[] } | null = null

  constructor(options: VenueBoardOptions) {
    this.#options = options
    const connector = options.connectors.find(isSynced)
    this.#synced =
      connector === undefined ? null : { name: connector.name, list: new VenueList({ ...options, connector }) }
  }

  /** By name. */
  async standings(): Promise<readonly VenueStanding[]> {
    if (this.#synced === null) throw new MillraceError('SCOPE_INVALID', 'no connector says how its venues are synced')
    const { name, list } = this.#synced
    const { gaps, runs, behind } = this.#options
    const venues = await list.all()
    await gaps.refresh()
    const missing = gaps.open(name).map(({ gap }) => gap.toMs)
    const missingMs = missing.length === 0 ? null : Math.max(...missing)
    const known = { venues, version: runs.version, missingMs, behind: await behind(name) }
    if (this.#last !== null && isSame(this.#last.known, known)) return this.#last.standings
    const standings = await this.#compute(name, known)
    this.#last = { known, standings }
    return standings
  }

  async #compute(connector: string, { venues, missingMs, behind }: Known): Promise<readonly VenueStanding[]> {
    const { syncDesk, differences } = this.#options
    const states = await syncDesk.statesOf(venues)
    const differedMs = await differences.differedMs(connector)
    const facts = { failedMs: this.#failed(connector), missingMs, differedMs, behind }
    return states.map((state) => ({ ...state, need: venueNeed(state, facts) }))
  }

  #failed(connector: string): ReadonlyMap<string | null, number> {
    const failed = new Map<string | null, number>()
    for (const run of this.#options.runs.standings()) {
      const { kind, orderedAtMs } = run.order
      if (kind !== 'sync' || run.order.connector !== connector || stateOf(run) !== 'failed') continue
      const { venue } = syncScope(run.order)
      failed.set(venue, Math.max(orderedAtMs, failed.get(venue) ?? 0))
    }
    return failed
  }
}

function isSame(one: Known, other: Known): boolean {
  const { venues, version, missingMs, behind } = other
  return one.venues === venues && one.version === version && one.missingMs === missingMs && one.behind === behind
}
