// Finds the rows that a connector's events need: level by level, all events of a batch at once, from the caches where
// they are new enough, else from the source.

import { MillraceError } from '../core/errors.ts'
import type { ChangeEvent } from '../core/event.ts'
import { newest } from '../core/position.ts'
import type { RowLookup } from '../source/source.ts'
import type { CachedRows, LookupCache, SharedCache } from './lookup-cache.ts'
import type { Observer } from './observer.ts'
import { type Ask, type Finding, Search, type Specs, type Wanted } from './search.ts'

const VALUES_MAX = 500

export interface LookupsOptions {
  readonly connector: string
  /** Names the source in the shared cache. */
  readonly source: string
  readonly lookup: RowLookup
  readonly memory: LookupCache
  readonly shared: SharedCache | null
  readonly observer: Pick<Observer, 'lookedUp'>
}

export class Lookups {
  readonly #options: LookupsOptions

  constructor(options: LookupsOptions) {
    this.#options = options
  }

  async find(events: readonly ChangeEvent[], specs: Specs, signal: AbortSignal): Promise<readonly Finding[]> {
    const [first] = events
    if (first === undefined) return []
    if (Object.keys(specs).length === 0) {
      const { finding } = new Search(first, specs)
      return events.map(() => finding)
    }
    const searches = events.map((event) => new Search(event, specs))
    for (;;) {
      const wanted = new Map<string, Wanted>()
      for (const search of searches) search.want(wanted)
      if (wanted.size === 0) break
      await Promise.all([...wanted.values()].map((one) => this.#answer(one, signal)))
      for (const search of searches) search.take(wanted)
    }
    return searches.map((search) => search.finding)
  }

  async #answer(wanted: Wanted, signal: AbortSignal): Promise<void> {
    const missing = this.#fromMemory(wanted)
    if (missing.length === 0) return
    const absent = await this.#fromShared(wanted, missing)
    for (let start = 0; start < absent.length; start += VALUES_MAX) {
      await this.#fromSource(wanted, absent.slice(start, start + VALUES_MAX), signal)
    }
  }

  #fromMemory(wanted: Wanted): readonly Ask[] {
    const missing: Ask[] = []
    for (const ask of wanted.asks.values()) {
      ask.answer = this.#options.memory.get(this.#key(wanted, ask), ask.notBefore)
      if (ask.answer === null) missing.push(ask)
    }
    this.#tell('memory', wanted.asks.size - missing.length)
    return missing
  }

  async #fromShared(wanted: Wanted, asks: readonly Ask[]): Promise<readonly Ask[]> {
    const { shared, memory } = this.#options
    if (shared === null) return asks
    const keys = asks.map((ask) => this.#key(wanted, ask))
    const found = await shared.get(keys)
    asks.forEach((ask, index) => {
      const cached = found[index] ?? null
      if (cached === null || cached.asOf < ask.notBefore) return
      ask.answer = cached
      memory.put(this.#key(wanted, ask), cached)
    })
    const absent = asks.filter(({ answer }) => answer === null)
    this.#tell('shared', asks.length - absent.length)
    return absent
  }

  async #fromSource(wanted: Wanted, asks: readonly Ask[], signal: AbortSignal): Promise<void> {
    const { lookup, memory, shared } = this.#options
    const { table, by, columns } = wanted.spec
    const values = asks.map(({ value }) => value)
    const atLeast = newest(asks.map(({ notBefore }) => notBefore))
    const { rows, asOf } = await lookup.rows({ table, by, columns, values, atLeast }, signal)
    const early = asks.find(({ notBefore }) => asOf < notBefore)
    if (early !== undefined) {
      throw new MillraceError(
        'LOOKUP_BEHIND',
        `${table} was read as of ${asOf}, before the change at ${early.notBefore}`,
      )
    }
    const entries = new Map<string, CachedRows>()
    asks.forEach((ask, index) => {
      ask.answer = { rows: rows[index] ?? [], asOf }
      entries.set(this.#key(wanted, ask), ask.answer)
    })
    for (const [key, cached] of entries) memory.put(key, cached)
    shared?.put(entries)
    this.#tell('source', asks.length)
  }

  #key({ spec }: Wanted, { id }: Ask): string {
    return JSON.stringify([this.#options.source, spec.table, spec.by, spec.columns, id])
  }

  #tell(from: 'memory' | 'shared' | 'source', values: number): void {
    if (values > 0) this.#options.observer.lookedUp({ connector: this.#options.connector, from, values })
  }
}
