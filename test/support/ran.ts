// A run as the log has it, for tests of what is told of runs.

import { NO_LIMITS, NO_TALLY, type Order, type Progress } from '../../src/core/run.ts'
import type { Run } from '../../src/pipeline/run-book.ts'

export interface RanOptions {
  readonly order?: Partial<Order>
  readonly progress?: Partial<Progress>
  readonly tally?: Partial<Run['tally']>
  readonly integrity?: Run['integrity']
}

export function ran(id: string, { order, progress, tally, integrity = null }: RanOptions = {}): Run {
  return {
    order: {
      ...{ id, kind: 'import', connector: 'square', scope: '{}', limits: NO_LIMITS, wanted: 'running' },
      ...{ attempt: 0, by: 'ann', orderedAtMs: 0, ...order },
    },
    progress: {
      ...{ id, state: 'done', attempt: order?.attempt ?? 0, bookmark: null, rows: 40, rowsExpected: null },
      ...{ rowsPerSecond: 0, startedAtMs: 0, updatedAtMs: 0, endedAtMs: 0, fault: null, ...progress },
    },
    tally: { ...NO_TALLY, ...tally },
    integrity,
  }
}
