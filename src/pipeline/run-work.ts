// What a kind of run is given to work by, and how it leaves its progress: always together with what it has done.

import type { Limits, Order, Progress, RunFault, RunState, Tally } from '../core/run.ts'
import type { LogRecord } from '../log/log.ts'
import type { RunBook } from './run-book.ts'

/** How far the work has come. */
export interface Step {
  readonly bookmark: string
  /** More than before. */
  readonly rows: number
  readonly rowsPerSecond: number
}

export interface RunWork {
  readonly order: Order
  /** Where an earlier attempt stopped. */
  readonly progress: Progress
  /** Aborts when the run is to pause or to end, or somebody else carries it out: what is in hand may be finished. */
  readonly signal: AbortSignal
  /** As they are now. */
  limits(): Limits
  /** Appends the records and the progress atomically. The records are made when it is their turn. */
  step(step: Step, records: () => Promise<readonly LogRecord[]>): Promise<void>
  /** Appends records, and that the run goes on. */
  note(records: () => Promise<readonly LogRecord[]>): Promise<void>
  /** All runs, as they are now. */
  book(): Promise<RunBook>
  /** What deliveries have counted so far. */
  tally(): Promise<Tally>
  expect(rows: number | null): void
  /** Repeats what is worth retrying. */
  retry<Value>(step: () => Promise<Value>): Promise<Value>
}

export interface RunKindWork {
  /** Resolves when all of it is done, or its signal has aborted. */
  readonly carryOut: (work: RunWork) => Promise<void>
  /** Comes last when a run that was begun ends in this state. It comes again when a crash was faster. */
  readonly conclude?: (work: RunWork, state: RunEnd, fault: RunFault | null) => Promise<void>
}

export type RunEnd = Extract<RunState, 'done' | 'failed' | 'cancelled'>
