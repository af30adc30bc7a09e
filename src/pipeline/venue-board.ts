// All venues and whether each needs a sync, for many who look at once: the source is asked for the list now and then, the log
// for the rest.

import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { syncScope } from '../core/sync.ts'
import type { GapBook } from './gap-book.ts'
import { type RunBook, stateOf } from './run-book.ts'
import type { SyncDesk, VenueState } from './sync-desk.ts'
import type { VenueDifferences } from './venue-differences.ts'
import { VenueList, type VenueListOptions } from './venue-list.ts'
import { type SyncFacts, venueNeed } from './venue-need.ts'
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
  /** Why it needs a sync; null where it needs none. */
  readonly need: string | null
}

export class VenueBoard {
  readonly #options: VenueBoardOptions
  readonly #list: { readonly name: string; readonly venues: VenueList } | null

  constructor(options: VenueBoardOptions) {
    this.#options = options
    const connector = options.connectors.find(isSynced)
    this.#list =
      connector === undefined ? null : { name: connector.name, venues: new VenueList({ ...options, connector }) }
  }

  /** By name. */
  async standings(): Promise<readonly VenueStanding[]> {
    if (this.#list === null) throw new MillraceError('SCOPE_INVALID', 'no connector says how its venues are synced')
    const { name, venues } = this.#list
    const states = await this.#options.syncDesk.statesOf(await venues.all())
    const facts = await this.#facts(name)
    return states.map((state) => ({ ...state, need: venueNeed(state, facts) }))
  }

  async #facts(connector: string): Promise<SyncFacts> {
    const { gaps, differences, behind } = this.#options
    await gaps.refresh()
    const missing = gaps.open(connector).map(({ gap }) => gap.toMs)
    return {
      failedMs: this.#failed(connector),
      missingMs: missing.length === 0 ? null : Math.max(...missing),
      differedMs: await differences.differedMs(connector),
      behind: await behind(connector),
    }
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
