// The port of what is outside: files and services whose rows a run brings in. One object for one run.

import type { Settings } from '../core/connector.ts'
import type { ChangeEvent } from '../core/event.ts'
import type { ImportFrom } from '../core/import-from.ts'
import type { Imported } from '../core/imported.ts'
import type { Row } from '../core/value.ts'
import type { PagedRows } from './source.ts'

export interface ImportAsked {
  readonly from: ImportFrom
  readonly connector: string
  readonly table: string
  readonly imported: Imported
  /** Other tables of the connector, whose rows come out of the same walk; theirs are pages of several tables. */
  readonly besides: readonly string[]
  /** Of the connector. */
  readonly settings: Settings
  /** When the last import of each table that was done was ordered, in milliseconds since 1970. */
  readonly reachedMs: ReadonlyMap<string, number>
  /** When the run was ordered: what a later one brings is newer. */
  readonly orderedAtMs: number
}

export interface ImportSource extends PagedRows {
  /** Throws what is wrong with the request, before anything is read of the rows. */
  check(): Promise<void>

  /**
   * Rows that the walk has brought, asked for one by one, and what came with them; those that are gone by now are left out. Null
   * where the source does not give them so.
   */
  again?(
    rows: readonly Row[],
    of: { readonly table: string; readonly run: string },
    signal: AbortSignal,
  ): Promise<readonly ChangeEvent[] | null>

  /** The same for what says the same, and for nothing else; null where that cannot be told without reading the rows. */
  digest(signal: AbortSignal): Promise<string | null>
}
