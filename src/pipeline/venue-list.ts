// The source's venues by name, read again when the list is old, however many ask.

import type { RowSource } from '../source/source.ts'
import type { Clock } from './clock.ts'
import { plainText } from './plain-text.ts'
import { type SyncedConnector, type Venue, Venues } from './venues.ts'

export interface VenueListOptions {
  readonly source: Pick<RowSource, 'page'>
  readonly connector: SyncedConnector
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What it is found by: its name and number in small letters, without accents, as people type them. */
export interface ListedVenue extends Venue {
  readonly text: string
}

const FRESH_MS = 10_000

export class VenueList {
  readonly #options: VenueListOptions
  #read: { readonly venues: Promise<readonly ListedVenue[]>; readonly atMs: number } | null = null

  constructor(options: VenueListOptions) {
    this.#options = options
  }

  /** At most ten seconds old. */
  async all(): Promise<readonly ListedVenue[]> {
    const nowMs = this.#options.clock.nowMs()
    if (this.#read !== null && nowMs - this.#read.atMs < FRESH_MS) return this.#read.venues
    const read = { venues: this.#load(), atMs: nowMs }
    this.#read = read
    read.venues.catch(() => {
      if (this.#read === read) this.#read = null
    })
    return read.venues
  }

  async #load(): Promise<readonly ListedVenue[]> {
    const { source, connector, signal } = this.#options
    const venues: ListedVenue[] = []
    for await (const page of new Venues(source, connector).pages(signal)) venues.push(...page.map(listed))
    const { compare } = new Intl.Collator('en', { numeric: true })
    return venues.toSorted((one, other) => compare(nameOf(one), nameOf(other)))
  }
}

function listed(venue: Venue): ListedVenue {
  return { ...venue, text: plainText(`${venue.name ?? ''} ${venue.id}`) }
}

function nameOf({ name, id }: Venue): string {
  return name ?? id
}
