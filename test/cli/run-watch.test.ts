import { expect, test } from 'vitest'
import { runWatch } from '../../src/cli/run-watch.ts'
import { NO_LIMITS, NO_TALLY, type Order, type Progress, type RunState } from '../../src/core/run.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import type { Run } from '../../src/pipeline/run-book.ts'
import { Looking } from '../support/looking.ts'

const NOW_MS = 1_000_000

interface Given
  extends Partial<Pick<Progress, 'rows' | 'rowsExpected' | 'rowsPerSecond' | 'startedAtMs' | 'endedAtMs'>> {
  readonly kind: Order['kind']
  readonly state: RunState
  readonly connector?: string
  readonly differing?: number
}

function run({ kind, state, connector = 'feedback', differing = 0, ...progress }: Given, index: number): Run {
  const order = { kind, connector, scope: '{}', limits: NO_LIMITS, wanted: 'running', attempt: 1, by: 'me' } as const
  const begun = { rows: 0, rowsExpected: null, rowsPerSecond: 0, startedAtMs: 0, updatedAtMs: 0, endedAtMs: null }
  return {
    order: { ...order, id: String(index), orderedAtMs: -index },
    progress:
      state === 'queued'
        ? null
        : { id: String(index), state, attempt: 1, bookmark: null, fault: null, ...begun, ...progress },
    tally: { ...NO_TALLY, rejected: differing },
    integrity: null,
  }
}

async function watched(given: readonly Given[]) {
  const metrics = createMetrics()
  const looking = new Looking(NOW_MS)
  const book = {
    fails: false,
    async refresh() {
      if (this.fails) throw new Error('away')
    },
    standings: () => given.map(run),
    get: (id: string) => given.map(run)[Number(id)] ?? null,
  }
  await looking.start(runWatch({ book, metrics, clock: looking.clock }))
  const values = async (
    name: 'runs' | 'runRows' | 'runRowsExpected' | 'runRate' | 'verifyDifferences' | 'importSuccess' | 'importTime',
  ) => {
    const { values: all } = await metrics[name].get()
    return Object.fromEntries(
      all.filter(({ value }) => value !== 0).map(({ labels, value }) => [Object.values(labels).join(' '), value]),
    )
  }
  return { values, looking, book }
}

test('runs are counted by kind and state, and those under way by what they have read', async () => {
  const { values } = await watched([
    { kind: 'backfill', state: 'running', rows: 100, rowsExpected: 400, rowsPerSecond: 20 },
    { kind: 'backfill', state: 'running', rows: 50, rowsPerSecond: 5 },
    { kind: 'backfill', state: 'done', rows: 9_999 },
    { kind: 'sync', state: 'queued' },
    { kind: 'sync', state: 'failed' },
  ])
  expect(await values('runs')).toEqual({
    'backfill running': 2,
    'backfill done': 1,
    'sync queued': 1,
    'sync failed': 1,
  })
  expect(await values('runRows')).toEqual({ backfill: 150 })
  expect(await values('runRowsExpected')).toEqual({ backfill: 400 })
  expect(await values('runRate')).toEqual({ backfill: 25 })
})

test('the newest verification and import that are done speak for their connector', async () => {
  const { values } = await watched([
    { kind: 'sync', state: 'done', differing: 7 },
    { kind: 'verify', state: 'failed', differing: 9 },
    { kind: 'verify', state: 'done', differing: 2 },
    { kind: 'verify', state: 'done', differing: 5 },
    { kind: 'import', state: 'running', connector: 'square', startedAtMs: 900_000 },
    { kind: 'import', state: 'done', connector: 'square', startedAtMs: 400_000, endedAtMs: 500_000 },
  ])
  expect(await values('verifyDifferences')).toEqual({ feedback: 2 })
  expect(await values('importSuccess')).toEqual({ square: 500 })
  expect(await values('importTime')).toEqual({ square: 100 })
})

test('while the log cannot be asked nothing is shown', async () => {
  const { values, looking, book } = await watched([{ kind: 'sync', state: 'running', rows: 5 }])
  book.fails = true
  await looking.again()
  expect([await values('runs'), await values('runRows')]).toEqual([{}, {}])
})
