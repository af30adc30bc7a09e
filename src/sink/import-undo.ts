// The port of what takes an import back, page by page: rows that are still as the run left them become what they were, and
// the others are told.

import type { TargetTable } from '../core/connector.ts'

export interface UndoRequest {
  readonly run: string
  readonly table: string
  /** Where the page before ended; null for the first. Only the target reads it. */
  readonly after: string | null
  readonly rowsMax: number
  /** Says what it would do, and does nothing. */
  readonly isDry: boolean
}

export interface UndonePage {
  /** Rows as they were before the run: back, or gone again. */
  readonly undone: number
  readonly kept: readonly KeptRow[]
  /** Null after the last page. */
  readonly next: string | null
}

/** A row that stays as it is, for it is not what the run made of it. */
export interface KeptRow {
  readonly key: string
  readonly why: string
}

export interface ImportUndo {
  page(request: UndoRequest, signal: AbortSignal): Promise<UndonePage>
  close(): Promise<void>
}

export type UndoTargets = Readonly<Record<string, TargetTable>>
