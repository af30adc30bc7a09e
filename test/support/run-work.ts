// A run that is carried out right where a test stands, on the real log of a Delivering.

import { NO_LIMITS, NO_TALLY, type Order } from '../../src/core/run.ts'
import type { LogRecord } from '../../src/log/log.ts'
import { RunBook } from '../../src/pipeline/run-book.ts'
import type { RunWork } from '../../src/pipeline/run-work.ts'
import type { Delivering } from './delivering.ts'

export function runWork(at: Delivering, given: Pick<Order, 'kind' | 'scope'> & Partial<Order>): RunWork {
  const signal = new AbortController().signal
  const order: Order = {
    ...{ id: 'r1', connector: 'feedback', limits: NO_LIMITS, by: 'ann', orderedAtMs: 1_000 },
    ...{ wanted: 'running', attempt: 1, ...given },
  }
  const append = async (records: () => Promise<readonly LogRecord[]>) => at.write(...(await records()))
  return {
    ...{ order, signal, limits: () => NO_LIMITS, expect: () => undefined, retry: (step) => step() },
    progress: {
      ...{ id: order.id, state: 'running', attempt: 1, bookmark: null, rows: 0, rowsExpected: null, rowsPerSecond: 0 },
      ...{ startedAtMs: 0, updatedAtMs: 0, endedAtMs: null, fault: null },
    },
    ...{ step: (_step, records) => append(records), note: append, tally: async () => NO_TALLY },
    book: async () => new RunBook({ log: at.log, records: at.records, signal }),
  }
}
