// The port of what deletes rows that the source of an import has no more, page by page.

import type { Sweep } from '../core/sweep.ts'

export interface SweepRequest {
  readonly run: string
  readonly table: string
  readonly sweep: Sweep
  readonly rowsMax: number
  /** Of a table that was rebuilt: rows that the run did not meet stay. */
  readonly spares?: boolean
}

export interface SweptPage {
  /** All that the run has swept from the table so far, exactly, whatever was repeated. */
  readonly swept: number
  readonly isOver: boolean
}

export interface ImportSweep {
  page(request: SweepRequest, signal: AbortSignal): Promise<SweptPage>
  /** The run has ended: which rows it has met need not be known any longer. */
  forget(run: string): Promise<void>
  close(): Promise<void>
}
