// Of a run that ends early what is in the log is still delivered, and counted. Where deliveries do not come to an end, neither
// does the wait for them.

import { rowsOf } from '../core/run.ts'
import type { Clock } from './clock.ts'
import type { RunWork } from './run-work.ts'

const SETTLE_MS_MAX = 10_000
const LOOK_MS = 50

export async function settleRun(work: Pick<RunWork, 'signal' | 'progress' | 'tally'>, clock: Clock): Promise<void> {
  const { signal, progress } = work
  const deadlineMs = clock.nowMs() + SETTLE_MS_MAX
  while (!signal.aborted && clock.nowMs() < deadlineMs && rowsOf(await work.tally()) < progress.rows) {
    await clock.sleep(LOOK_MS, signal)
  }
}
