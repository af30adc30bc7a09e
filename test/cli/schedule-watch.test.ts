import { expect, test } from 'vitest'
import { scheduleWatch } from '../../src/cli/schedule-watch.ts'
import { NO_LIMITS, NO_TALLY } from '../../src/core/run.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import type { Run } from '../../src/pipeline/run-book.ts'
import { Looking } from '../support/looking.ts'

const HOUR_S = 3_600
/** Two in the afternoon. */
const NOW_MS = Date.UTC(2025, 10, 28, 14)

function ran(state: 'done' | 'failed', hour: number): Run {
  const atMs = Date.UTC(2025, 10, 28, hour)
  const order = { id: String(hour), kind: 'import', connector: 'square', scope: '{}', limits: NO_LIMITS } as const
  const progress = { id: order.id, state, attempt: 1, bookmark: null, rows: 0, rowsExpected: null, rowsPerSecond: 0 }
  return {
    order: { ...order, wanted: 'running', attempt: 1, by: 'schedule square/all', orderedAtMs: atMs },
    progress: { ...progress, startedAtMs: atMs, updatedAtMs: atMs, endedAtMs: atMs + 60_000, fault: null },
    tally: NO_TALLY,
    integrity: null,
  }
}

async function late(
  cron: string,
  { runs, seenHour }: { runs: readonly Run[]; seenHour: number | null },
): Promise<number> {
  const metrics = createMetrics()
  const looking = new Looking(NOW_MS)
  const seenMs = () => (seenHour === null ? null : Date.UTC(2025, 10, 28, seenHour))
  const refresh = async () => undefined
  const one = { name: 'square/all', schedule: { cron }, connector: 'square', imports: [], isSame: () => true }
  const again = { ...one, name: 'import-retry', connector: null }
  const all = [one, again].map((scheduled) => ({ ...scheduled, order: async () => [] }))
  const books = { runs: { refresh, standings: () => runs }, bookmarks: { refresh, seenMs } }
  await looking.start(scheduleWatch({ books, metrics, clock: looking.clock, all }))
  const { values } = await metrics.scheduleLate.get()
  expect(values.map(({ labels }) => labels.schedule)).toEqual(['square/all'])
  return values[0]!.value / HOUR_S
}

test('what was done after it was due is not late', async () => {
  expect(await late('0 2 * * *', { runs: [ran('failed', 2), ran('done', 3)], seenHour: 2 })).toBe(0)
})

test('what failed, and what nobody ordered, is late since it was due', async () => {
  expect(await late('0 2 * * *', { runs: [ran('failed', 2)], seenHour: 2 })).toBe(12)
  expect(await late('0 2 * * *', { runs: [], seenHour: 1 })).toBe(12)
})

test('what is due every hour is late since the first time that came to nothing', async () => {
  const runs = [ran('done', 5), ...[6, 7, 8, 9, 10, 11, 12, 13, 14].map((hour) => ran('failed', hour))]
  expect(await late('0 * * * *', { runs, seenHour: 14 })).toBe(8)
})

test('what was due before anybody knew of it is not', async () => {
  expect(await late('0 2 * * *', { runs: [], seenHour: 9 })).toBe(0)
  expect(await late('0 2 * * *', { runs: [], seenHour: null })).toBe(0)
})
