// Which runs a person should hear of, among thousands.

import { expect, test } from 'vitest'
import { NO_LIMITS, NO_TALLY, type RunKind, type RunState } from '../../src/core/run.ts'
import { badRuns } from '../../src/pipeline/bad-runs.ts'
import type { Run, RunBook } from '../../src/pipeline/run-book.ts'

const NOW_MS = 30 * 86_400_000

interface Given {
  readonly state: RunState
  readonly kind?: RunKind
  readonly scope?: unknown
  readonly rejected?: number
  readonly ok?: boolean
  readonly agoMs?: number
}

/** The first is the newest. */
function found(...given: readonly Given[]): readonly string[] {
  const runs = given.map((one, at): Run => {
    const { state, kind = 'backfill', scope = [], rejected = 0, ok, agoMs = at + 1 } = one
    const order = {
      ...{ id: `r${at}`, kind, connector: 'feedback', scope: JSON.stringify(scope), limits: NO_LIMITS },
      ...({ wanted: 'running', attempt: 1, by: 'ann', orderedAtMs: NOW_MS - agoMs } as const),
    }
    const progress = {
      ...{ id: order.id, state, attempt: 1, bookmark: null, rows: 0, rowsExpected: null, rowsPerSecond: 0 },
      ...{ startedAtMs: 0, updatedAtMs: 0, endedAtMs: 0, fault: null },
    }
    const check = { check: 'count', table: 't', name: '', expected: 1, found: 0, threshold: 0, why: null } as const
    const integrity = ok === undefined ? null : [{ ...check, ok }]
    return { order, progress, tally: { ...NO_TALLY, rejected }, integrity }
  })
  const byId = new Map(runs.map((run) => [run.order.id, run]))
  const book = { standings: () => runs, get: (id: string) => byId.get(id) ?? null } as unknown as RunBook
  return badRuns(book, NOW_MS).map(({ order }) => order.id)
}

test('one that failed, until the same is done or under way again', () => {
  expect(found({ state: 'failed' })).toEqual(['r0'])
  expect(found({ state: 'done' }, { state: 'failed' })).toEqual([])
  expect(found({ state: 'running' }, { state: 'failed' })).toEqual([])
  expect(found({ state: 'cancelled' }, { state: 'failed' })).toEqual(['r1'])
  expect(found({ state: 'done', scope: ['other'] }, { state: 'failed' })).toEqual(['r1'])
  expect(found({ state: 'done', kind: 'replay' }, { state: 'failed' })).toEqual(['r1'])
  expect(found({ state: 'failed' }, { state: 'failed' })).toEqual(['r0'])
})

test('a sync of a venue is taken up by one of all', () => {
  const one = { state: 'failed', kind: 'sync', scope: { venue: '7' } } as const
  expect(found({ state: 'done', kind: 'sync', scope: { venue: null } }, one)).toEqual([])
  expect(found({ state: 'done', kind: 'sync', scope: { venue: '8' } }, one)).toEqual(['r1'])
})

test('an import that left discrepancies, and a verification that left differences', () => {
  expect(found({ state: 'done', kind: 'import', ok: false })).toEqual(['r0'])
  expect(found({ state: 'done', kind: 'import', ok: true })).toEqual([])
  const looked = (rejected: number, repairs: boolean) =>
    ({ state: 'done', kind: 'verify', rejected, scope: { scopes: [], venue: null, isWhole: true, repairs } }) as const
  expect(found(looked(3, false))).toEqual(['r0'])
  expect(found(looked(0, true), looked(3, false))).toEqual([])
  // Rows that a backfill could not bring are dead letters.
  expect(found({ state: 'done', rejected: 3 })).toEqual([])
})

test('not what lies a week back', () => {
  expect(found({ state: 'failed', agoMs: 8 * 86_400_000 })).toEqual([])
})

test('among ten thousand they are found at once', () => {
  const many = Array.from(
    { length: 10_000 },
    (_, at): Given => ({ state: 'done', kind: 'import', scope: [at % 7], ok: true }),
  )
  expect(found(...many, { state: 'failed' })).toEqual(['r10000'])
})
