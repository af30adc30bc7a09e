// Waits until deliveries have counted all that a run has brought into the log: what is there is delivered, whatever becomes
// of the run.

import { rowsOf } from '../core/run.ts'
import type { Clock } from './clock.ts'
import type { RunWork } from './run-work.ts'

const LOOK_MS = 20

export async function drainRun(work: RunWork, clock: Clock, rows: number): Promise<void> {
  const { signal } = work
  while (!signal.aborted && rowsOf(await work.tally()) < rows) await clock.sleep(LOOK_MS, signal)
}
