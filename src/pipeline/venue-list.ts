// The source's venues by name, read again when the list is old, however many ask.

import type { RowSource } from '../source/source.ts'
import type { Clock } from './clock.ts'
import { type SyncedConnector, type Venue, Venues } from './venues.ts'

export interface VenueListOptions {
  readonly source: Pick<RowSource, 'page'>
  readonly connector: SyncedConnector
  readonly clock: Clock
  readonly signal: AbortSignal
}

const FRESH_MS = 10_000

export class VenueList {
  readonly #options: VenueListOptions
  #read: { readonly venues: Promise<readonly Venue[]>; readonly atMs: number } | null = null

  constructor(options: VenueListOptions) {
    this.#options = options
  }

  /** At most ten seconds old. */
  async all(): Promise<readonly Venue[]> {
    const nowMs = this.#options.clock.nowMs()
    if (this.#read !== null && nowMs - this.#read.atMs < FRESH_MS) return this.#read.venues
    const read = { venues: this.#load(), atMs: nowMs }
    this.#read = read
    return read.venues
  }

  async #load(): Promise<readonly Venue[]> {
    const { source, connector, signal } = this.#options
    const venues: Venue[] = []
    for await (const page of new Venues(source, connector).pages(signal)) venues.push(...page)
    const { compare } = new Intl.Collator('en', { numeric: true })
    return venues.toSorted((one, other) => compare(nameOf(one), nameOf(other)))
  }
}

function nameOf({ name, id }: Venue): string {
  return name ?? id
}
