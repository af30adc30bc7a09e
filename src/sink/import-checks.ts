// The port of what looks at tables that an import has filled, and changes nothing.

import type { Position } from '../core/position.ts'
import type { Write } from '../core/write.ts'

/** What a row may be found to be. */
export type RowQuestion =
  | { readonly is: 'reference'; readonly field: string; readonly parent: string }
  | { readonly is: 'rule'; readonly never: string }

export interface LookRequest {
  readonly run: string
  readonly table: string
  readonly questions: readonly RowQuestion[]
  /** Where the page before ended; null for the first. Only the target reads it. */
  readonly after: string | null
  readonly rowsMax: number
}

/** Of rows that imports have brought. */
export interface LookedPage {
  readonly rows: number
  /** Those that this run has made. */
  readonly made: number
  /** For each question, how many rows name what is not there, or meet what none may meet. */
  readonly amiss: readonly number[]
  /** Null after the last page. */
  readonly next: string | null
}

export interface SampledWrite {
  readonly write: Write
  readonly position: Position
}

/** newer: what was written since, or what the source has by now, says something else, rightly. */
export type Sampled = 'same' | 'newer' | 'differing'

export interface ImportChecks {
  /** Throws CONNECTOR_INVALID for a question that the target cannot answer. */
  look(request: LookRequest, signal: AbortSignal): Promise<LookedPage>
  /** How many rows the run has met, of a table where that is kept. */
  met(of: { readonly run: string; readonly table: string }, signal: AbortSignal): Promise<number>
  /** Whether rows are as these writes of the run made them. */
  compare(
    of: { readonly run: string; readonly writes: readonly SampledWrite[] },
    signal: AbortSignal,
  ): Promise<readonly Sampled[]>
  close(): Promise<void>
}
