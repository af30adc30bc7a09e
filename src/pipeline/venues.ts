// The venues of a connector, as its source has them: one, or all of them page by page.

import type { Connector, SyncSpec } from '../core/connector.ts'
import type { ChangeEvent } from '../core/event.ts'
import { asText } from '../core/value.ts'
import type { RowScope, RowSource } from '../source/source.ts'

export type SyncedConnector = Connector & { readonly sync: SyncSpec }

export interface Venue {
  readonly id: string
  readonly name: string | null
}

/** Their names and little else: what a page costs beside its rows is worth more of them. */
const PAGE_ROWS = 2_000

export class Venues {
  readonly #source: Pick<RowSource, 'page'>
  readonly #spec: SyncSpec['venues']

  constructor(source: Pick<RowSource, 'page'>, { sync }: SyncedConnector) {
    this.#source = source
    this.#spec = sync.venues
  }

  /** Its row; not even that where it has none. */
  scope(venue: string): RowScope {
    return { table: this.#spec.table, from: [venue], to: [venue], filters: [] }
  }

  async find(venue: string, signal: AbortSignal): Promise<Venue | null> {
    const page = await this.#source.page(
      { scope: this.scope(venue), after: null, upTo: null, rowsMax: 1, run: '' },
      signal,
    )
    const [row] = page.events
    return row === undefined ? null : this.#venue(row)
  }

  async *pages(signal: AbortSignal): AsyncIterable<readonly Venue[]> {
    const scope = { table: this.#spec.table, from: null, to: null, filters: [] }
    for (let after: string | null | undefined; after !== null; ) {
      const request = { scope, after: after ?? null, upTo: null, rowsMax: PAGE_ROWS, run: '' }
      const page = await this.#source.page(request, signal)
      if (page.events.length > 0) yield page.events.map((row) => this.#venue(row))
      after = page.next
    }
  }

  #venue({ key, after }: ChangeEvent): Venue {
    return { id: String(Object.values(key)[0]), name: asText(after?.[this.#spec.name]) }
  }
}

export function isSynced(connector: Connector): connector is SyncedConnector {
  return connector.sync !== undefined
}
