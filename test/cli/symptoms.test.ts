// What people are told is amiss says nothing of what rows hold: whatever servers quote in their errors stays in the log.

import { expect, test } from 'vitest'
import { partSymptoms, sharedSymptoms } from '../../src/cli/symptoms.ts'
import type { FlowView } from '../../src/control/flow-view.ts'
import { CAUSE_OF, CAUSES } from '../../src/core/cause.ts'
import { ERRORS } from '../../src/core/errors.ts'
import { NO_LIMITS, NO_TALLY, type RunFault } from '../../src/core/run.ts'
import type { Run } from '../../src/pipeline/run-book.ts'

const SECRETS = ['ann@example.com', '+34 600 123 456', 'the soup was cold', 'hunter2', 'tok_live_abcdef']
const message = `Duplicate entry '${SECRETS.join('-')}' for key 'email'; mysql://root:hunter2@db:3306/app`
const quoting = (code: string): RunFault => ({ code, message, hint: `Try ${message}` })

function flow(error: RunFault, state: 'stopped' | 'retrying'): FlowView {
  const source = { name: 'mysql.app', kind: 'mysql', state, error, seen_at: null, lag_seconds: null } as const
  const counts = { dead_letters: 1_000, open_gaps: 1, open_conflicts: 2 }
  const rates = { records_per_second: null, writes: null, latency_ms: null, lag_records: 7, lag_seconds: 900 }
  return {
    ...{ at: '2026-01-01T00:00:00Z', version: '1', started_at: '2026-01-01T00:00:00Z', ready: false, why: [message] },
    sources: [{ ...source, rows_per_second: null }],
    log: { kind: 'file', records_per_second: null, bytes_per_second: null },
    sinks: [],
    flows: [{ connector: 'feedback', from: 'mysql.app', to: 'dynamodb', state, error, ...rates, ...counts }],
    ...{ runs: { active: 0, queued: 0 }, troubles: [] },
  }
}

function failed(fault: RunFault | null): Run {
  const order = {
    ...({
      id: 'r1',
      kind: 'import',
      connector: 'square',
      scope: JSON.stringify({ note: message }),
      by: 'ann',
    } as const),
    ...({ limits: NO_LIMITS, wanted: 'running', attempt: 0, orderedAtMs: 0 } as const),
  }
  const progress = {
    ...({ id: 'r1', state: 'failed', attempt: 0, bookmark: message, rows: 40, rowsExpected: null } as const),
    ...{ rowsPerSecond: 0, startedAtMs: 0, updatedAtMs: 0, endedAtMs: 1, fault },
  }
  const check = {
    check: 'count',
    table: 'orders',
    name: 'rows',
    expected: 10,
    found: 8,
    threshold: 0,
    ok: false,
  } as const
  return { order, progress, tally: { ...NO_TALLY, rejected: 3 }, integrity: [{ ...check, why: message }] }
}

test.each(Object.keys(ERRORS))('%s: its cause and fix are told, and nothing that it quotes', (code) => {
  const fault = quoting(code)
  const all = [
    ...partSymptoms(flow(fault, 'stopped'), { state: 'retrying', error: fault }),
    ...sharedSymptoms(flow(fault, 'retrying'), [failed(fault), failed(null)]),
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
  const parts = partSymptoms(view, { state: 'retrying', error: fault })
  expect(parts.map(({ group }) => group)).toEqual(['mysql', 'mysql', 'mysql'])
  const shared = sharedSymptoms(view, [failed(fault)])
  expect(shared.map(({ group }) => group)).toEqual(['gaps', 'dead letters', 'conflicts', 'runs of square'])
  expect(shared[1]).toMatchObject({ what: 'feedback has 1,000 dead letters', count: 1_000 })
})

test('an import is told with what was read, not taken, expected and found', () => {
  const [run] = sharedSymptoms(flow(quoting('MYSQL_DENIED'), 'retrying'), [failed(null)]).slice(-1)
  expect(run?.why).toBe('count of orders: expected 10, found 8; 40 rows read, 3 rows not taken')
})
