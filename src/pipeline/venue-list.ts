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

const FRESH_MS_LEAST = 10_000
const FRESH_MS_MOST = 60_000
/** As many times as long as reading took: ten venues are read again sooner than ten thousand. */
const FRESH_TIMES = 500

interface Read {
  readonly venues: Promise<readonly ListedVenue[]>
  /** Without end while it is being read. */
  freshUntilMs: number
}

export class VenueList {
  readonly #options: VenueListOptions
  #read: Read | null = null

  constructor(options: VenueListOptions) {
    this.#options = options
  }

  /** At most ten seconds old, or a minute where there are very many. */
  async all(): Promise<readonly ListedVenue[]> {
    const { clock } = this.#options
    const startMs = clock.nowMs()
    if (this.#read !== null && startMs < this.#read.freshUntilMs) return this.#read.venues
    const read: Read = { venues: this.#load(), freshUntilMs: Number.POSITIVE_INFINITY }
    this.#read = read
    try {
      return await read.venues
    } catch (error) {
      if (this.#read === read) this.#read = null
      throw error
    } finally {
      const freshMs = FRESH_TIMES * (clock.nowMs() - startMs)
      read.freshUntilMs = startMs + Math.min(FRESH_MS_MOST, Math.max(FRESH_MS_LEAST, freshMs))
    }
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
