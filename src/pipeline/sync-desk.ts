// Takes orders for syncs, and answers how the venues and the syncs are doing: from the source's list of venues and the
// runs in the log, without a question to the target.

import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { NO_LIMITS } from '../core/run.ts'
import { syncScope, type VenueSync } from '../core/sync.ts'
import type { RowSource } from '../source/source.ts'
import { isOver, type Run, type RunBook } from './run-book.ts'
import type { OrderGiven, RunDesk } from './run-desk.ts'
import { isSynced, type SyncedConnector, type Venue, Venues } from './venues.ts'

export interface SyncDeskOptions {
  readonly desk: RunDesk
  /** The desk's. */
  readonly book: RunBook
  readonly source: Pick<RowSource, 'page'>
  readonly connectors: readonly Connector[]
  readonly signal: AbortSignal
}

export interface VenueState {
  readonly venue: Venue
  readonly last: VenueSync | null
  readonly isUnderWay: boolean
}

export class SyncDesk {
  readonly #options: SyncDeskOptions

  constructor(options: SyncDeskOptions) {
    this.#options = options
  }

  /** Null: all venues. One that is under way for the same is the answer. */
  async order(venue: string | null, by: string): Promise<Run> {
    const given = { ...(await this.given(venue)), by }
    return this.#options.desk.order(given, (runs) => runs.find((run) => isSyncOf(run, given, venue)) ?? null)
  }

  /** What such an order says. */
  async given(venue: string | null): Promise<Omit<OrderGiven, 'by'>> {
    const connector = this.#connector()
    if (venue !== null) await this.#find(connector, venue)
    return { kind: 'sync', connector: connector.name, scope: JSON.stringify({ venue }), limits: NO_LIMITS }
  }

  async job(id: string): Promise<Run> {
    const run = await this.#options.desk.find(id)
    if (run.order.kind === 'sync') return run
    throw new MillraceError('RUN_UNKNOWN', `the run ${id} is no sync but a ${run.order.kind}`)
  }

  /** The newest first. */
  async history(limit: number): Promise<readonly Run[]> {
    const runs = await this.#options.desk.list()
    return runs.filter(({ order }) => order.kind === 'sync').slice(0, limit)
  }

  async state(venue: string): Promise<VenueState> {
    const connector = this.#connector()
    const found = await this.#find(connector, venue)
    return (await this.#stateOf(connector))(found)
  }

  async states(): Promise<readonly VenueState[]> {
    const { source, signal } = this.#options
    const connector = this.#connector()
    const states: VenueState[] = []
    const stateOf = await this.#stateOf(connector)
    for await (const page of new Venues(source, connector).pages(signal)) states.push(...page.map(stateOf))
    return states
  }

  /** How syncs of these venues stand. */
  async statesOf<Of extends Venue>(venues: readonly Of[]): Promise<readonly (VenueState & { venue: Of })[]> {
    const stateOf = await this.#stateOf(this.#connector())
    return venues.map((venue) => ({ ...stateOf(venue), venue }))
  }

  async #stateOf(connector: SyncedConnector): Promise<(venue: Venue) => VenueState> {
    const { book } = this.#options
    await book.refresh()
    const runs = book.standings().filter((run) => run.order.kind === 'sync' && !isOver(run))
    const underWay = new Set(
      runs.flatMap(({ order }) => (order.connector === connector.name ? syncScope(order).venue : [])),
    )
    return (venue) => ({
      venue,
      last: book.venueSync(connector.name, venue.id),
      isUnderWay: underWay.has(venue.id) || underWay.has(null),
    })
  }

  async #find(connector: SyncedConnector, venue: string): Promise<Venue> {
    const { source, signal } = this.#options
    const found = await new Venues(source, connector).find(venue, signal)
    if (found !== null) return found
    throw new MillraceError('VENUE_UNKNOWN', `there is no venue ${venue}`)
  }

  #connector(): SyncedConnector {
    const found = this.#options.connectors.find(isSynced)
    if (found !== undefined) return found
    throw new MillraceError('SCOPE_INVALID', 'no connector says how its venues are synced')
  }
}

function isSyncOf({ order }: Run, { connector }: Pick<OrderGiven, 'connector'>, venue: string | null): boolean {
  return (
    order.kind === 'sync' &&
    order.connector === connector &&
    order.wanted !== 'cancelled' &&
    syncScope(order).venue === venue
  )
}
