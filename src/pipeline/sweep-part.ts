// Ends a part of an import by deleting what its source has no more, and counts it once, whatever crashes.

import { NO_TALLY } from '../core/run.ts'
import type { Sweep } from '../core/sweep.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { ImportSweep } from '../sink/import-sweep.ts'
import type { RunWork } from './run-work.ts'
import { tallyRecord } from './tally-record.ts'

const ROWS_MAX = 1_000

export interface SweepPartOptions {
  readonly records: RecordCodec
  readonly sweeping: ImportSweep
  readonly table: string
  readonly sweep: Sweep
  /** Rows that the run did not meet stay. */
  readonly spares: boolean
}

/** `work` takes the bookmark behind the part. */
export async function sweepPart(
  { records, sweeping, table, sweep, spares }: SweepPartOptions,
  work: RunWork,
): Promise<void> {
  const { order, signal } = work
  const request = { run: order.id, table, sweep, spares, rowsMax: ROWS_MAX }
  let page = { swept: 0, isOver: false }
  while (!page.isOver) {
    if (signal.aborted) return
    page = await work.retry(() => sweeping.page(request, signal))
  }
  const { swept } = page
  if (swept === 0) return
  const tally = {
    ...NO_TALLY,
    applied: swept,
    writes: { [`${table} deleted`]: swept },
    run: order.id,
    part: `swept ${table}`,
  }
  const step = { bookmark: 'swept', rows: work.progress.rows + swept, rowsPerSecond: 0 }
  await work.step(step, async () => [await tallyRecord(records, tally)])
}
