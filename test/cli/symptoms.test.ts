// What people are told is amiss says nothing of what rows hold: whatever servers quote in their errors stays in the log.

import { expect, test } from 'vitest'
import { partSymptoms, sharedSymptoms, type TroubledRuns } from '../../src/cli/symptoms.ts'
import type { FlowView } from '../../src/control/flow-view.ts'
import { CAUSE_OF, CAUSES } from '../../src/core/cause.ts'
import { ERRORS } from '../../src/core/errors.ts'
import type { RunFault } from '../../src/core/run.ts'
import { setAsideOf } from '../../src/core/set-aside.ts'
import type { Run } from '../../src/pipeline/run-book.ts'
import { connectorFlow, flowView } from '../support/flow-view.ts'
import { ran } from '../support/ran.ts'

const SECRETS = ['ann@example.com', '+34 600 123 456', 'the soup was cold', 'hunter2', 'tok_live_abcdef']
const message = `Duplicate entry '${SECRETS.join('-')}' for key 'email'; mysql://root:hunter2@db:3306/app`
const quoting = (code: string): RunFault => ({ code, message, hint: `Try ${message}` })

function flow(error: RunFault, state: 'stopped' | 'retrying'): FlowView {
  const source = { name: 'mysql.app', kind: 'mysql', state, error, seen_at: null, lag_seconds: null } as const
  const counts = { dead_letters: 1_000, open_gaps: 1, open_conflicts: 2 }
  return flowView({
    ...{ ready: false, why: [message], sources: [{ ...source, rows_per_second: null }] },
    flows: [connectorFlow({ ...counts, state, error, lag_records: 7, lag_seconds: 900 })],
  })
}

function failed(fault: RunFault | null, writes: Record<string, number> = {}): Run {
  const check = { check: 'count', table: 'orders', name: 'rows', expected: 10, found: 8, threshold: 0 } as const
  return ran('r1', {
    order: { scope: JSON.stringify({ note: message }) },
    progress: { state: 'failed', bookmark: message, fault },
    tally: { rejected: 3, writes },
    integrity: [{ ...check, ok: false, why: message }],
  })
}

function runsOf(...bad: readonly Run[]): TroubledRuns {
  return { bad, again: bad, late: [], setAside: new Map() }
}

test.each(Object.keys(ERRORS))('%s: its cause and fix are told, and nothing that it quotes', (code) => {
  const fault = quoting(code)
  const all = [
    ...partSymptoms(flow(fault, 'stopped'), { carryingOut: { state: 'retrying', error: fault }, throttles: new Map() }),
    ...sharedSymptoms(flow(fault, 'retrying'), runsOf(failed(fault), failed(null))),
  ]
  const text = JSON.stringify(all)
  for (const secret of SECRETS) expect(text).not.toContain(secret)
  const [capture] = all
  expect(capture).toMatchObject({ severity: 'critical', what: 'the capture of mysql.app has stopped', why: code })
  expect(CAUSES).toHaveProperty(String(capture?.cause))
  expect(capture?.cause).toBe(CAUSE_OF[code as keyof typeof CAUSE_OF])
  expect(capture?.mend).toBe(ERRORS[code as keyof typeof ERRORS].hint)
})

test('what one server causes belongs together; what waits for a person does not', () => {
  const fault = quoting('MYSQL_UNREACHABLE')
  const view = flow(fault, 'retrying')
  const parts = partSymptoms(view, { carryingOut: { state: 'retrying', error: fault }, throttles: new Map() })
  expect(parts.map(({ group }) => group)).toEqual(['mysql', 'mysql', 'mysql'])
  const shared = sharedSymptoms(view, runsOf(failed(fault)))
  expect(shared.map(({ group }) => group)).toEqual([
    'gaps',
    'dead letters',
    'conflicts',
    'runs of square',
    'runs of square',
  ])
  expect(shared[1]).toMatchObject({ what: 'feedback has 1,000 dead letters', count: 1_000 })
})

test('an import is told with what was read, not taken, expected and found', () => {
  const run = sharedSymptoms(flow(quoting('MYSQL_DENIED'), 'retrying'), runsOf(failed(null))).at(-2)
  expect(run?.why).toBe('count of orders: expected 10, found 8; 40 rows read, 3 rows not taken')
})

test('why rows were set aside is told in words, with the fix, of the import and of its dead letters', () => {
  const bad = failed(null, { 'orders inserted': 30, 'set aside validation': 2, 'set aside duplicate': 1 })
  const runs = { ...runsOf(bad), setAside: new Map([['feedback', setAsideOf(bad.tally.writes)]]) }
  const told = sharedSymptoms(flow(quoting('MYSQL_DENIED'), 'retrying'), runs)
  const words =
    '2 rows by validation: a field is missing, or is not what it has to be; 1 row by duplicate: another row of the same import has the same key'
  for (const symptom of [told[1], told[3]]) {
    expect(symptom?.why).toContain(words)
    expect(symptom?.mend).toContain('of validation: mend these rows where they come from, and import them again')
    expect(symptom?.mend).toContain('of duplicate: leave one of each where they come from')
  }
})

test('a run that failed and goes on is the same as before, not over and no news', () => {
  const [before, meanwhile] = sharedSymptoms(flowView(), runsOf(failed(quoting('MYSQL_DENIED'))))
  expect(meanwhile).toMatchObject({ key: before?.key, group: before?.group, what: before?.what })
  expect(meanwhile?.lastsMs).toBeGreaterThan(365 * 24 * 3_600_000)
})

test('a target that throttles more than now and then is told once that has lasted', () => {
  const throttles = new Map([
    ['feedback', 61],
    ['products', 60],
  ])
  const told = partSymptoms(flowView(), { carryingOut: { state: 'running', error: null }, throttles })
  expect(told).toMatchObject([{ what: 'the target throttles feedback', cause: 'capacity', lastsMs: 600_000 }])
})

test('a schedule that nobody orders is missed, and one that is ordered and not done is late', () => {
  const minutes = (count: number) => count * 60_000
  const late = [
    { schedule: 'square/a', connector: 'square', lateMs: minutes(11), isOrdered: false },
    { schedule: 'square/b', connector: 'square', lateMs: minutes(10), isOrdered: false },
    { schedule: 'square/c', connector: 'square', lateMs: minutes(241), isOrdered: true },
    { schedule: 'square/d', connector: 'square', lateMs: minutes(240), isOrdered: true },
  ]
  expect(sharedSymptoms(flowView(), { ...runsOf(), late })).toMatchObject([
    { group: 'runs of square', what: 'square/a was missed', why: expect.stringContaining('nobody has ordered it') },
    { group: 'runs of square', what: 'square/c is late', why: expect.stringContaining('is not done') },
  ])
})
