// The port of what is outside: files and services whose rows a run brings in. One object for one run.

import type { ImportFrom } from '../core/import-from.ts'
import type { Imported } from '../core/imported.ts'
import type { PagedRows } from './source.ts'

export interface ImportAsked {
  readonly from: ImportFrom
  readonly imported: Imported
  /** When the run was ordered: what a later one brings is newer. */
  readonly orderedAtMs: number
}

export interface ImportSource extends PagedRows {
  /** Throws what is wrong with the request, before anything is read of the rows. */
  check(): Promise<void>

  /** The same for what says the same, and for nothing else; null where that cannot be told without reading the rows. */
  digest(signal: AbortSignal): Promise<string | null>
}
