// What the console says is wrong, why, and with which command it is mended.

import { expect, test } from 'vitest'
import type { ConnectorFlow, SourceFlow } from '../../src/control/flow-view.ts'
import { type Troubled, troublesOf } from '../../src/control/troubles.ts'
import { ERRORS, type ErrorCode } from '../../src/core/errors.ts'

const source: SourceFlow = {
  ...{ name: 'mysql.app', kind: 'mysql', state: 'running', seen_at: '2026-05-01T12:00:00.000Z' },
  ...{ lag_seconds: 1, rows_per_second: 0, error: null },
}
const flow: ConnectorFlow = {
  ...{ connector: 'feedback', from: 'mysql.app', to: 'dynamodb', state: 'running', lag_records: 0, lag_seconds: 0 },
  ...{ records_per_second: 0, writes: null, latency_ms: null, dead_letters: 0, open_gaps: 0, open_conflicts: 0 },
  error: null,
}
const well: Troubled = {
  ...{ sources: [source], flows: [flow], conflicts: 0, carryingOut: null, runs: [], throttles: new Map() },
}

const fault = (code: ErrorCode) => ({ code, message: 'as it was said', hint: ERRORS[code].hint })
const ofSource = (more: Partial<SourceFlow>) => troublesOf({ ...well, sources: [{ ...source, ...more }] })
const ofFlow = (more: Partial<ConnectorFlow>) => troublesOf({ ...well, flows: [{ ...flow, ...more }] })

test('nothing is wrong where everything flows, stands by, or is run by others', () => {
  expect(troublesOf(well)).toEqual([])
  expect(ofSource({ state: 'standby', lag_seconds: null })).toEqual([])
  expect(ofSource({ state: 'elsewhere', lag_seconds: null })).toEqual([])
  expect(ofSource({ lag_seconds: 60 })).toEqual([])
  expect(ofFlow({ lag_seconds: null, lag_records: null })).toEqual([])
})

test.each([
  [
    'a capture that has stopped, with the command that its error names',
    ofSource({ state: 'stopped', error: fault('HISTORY_GONE') }),
    {
      ...{ severity: 'critical', what: 'the capture of mysql.app has stopped', why: 'HISTORY_GONE: as it was said' },
      ...{ mend: ERRORS.HISTORY_GONE.hint, command: expect.stringMatching(/^millrace /u) },
    },
  ],
  [
    'one that keeps trying',
    ofSource({ state: 'retrying', error: fault('MYSQL_UNREACHABLE') }),
    { severity: 'warning', what: 'the capture of mysql.app keeps trying', command: 'millrace doctor' },
  ],
  [
    'a source that is silent',
    ofSource({ lag_seconds: 200 }),
    {
      severity: 'critical',
      what: 'mysql.app is silent',
      why: 'its last sign of life is 3 min old',
      command: 'millrace doctor',
    },
  ],
  [
    'a delivery that has stopped',
    ofFlow({ state: 'stopped', error: fault('SINK_TABLE_MISSING') }),
    { severity: 'critical', what: 'the delivery of feedback has stopped', command: 'millrace doctor' },
  ],
  [
    'a delivery that is late',
    ofFlow({ lag_seconds: 61, lag_records: 1_200 }),
    {
      ...{ severity: 'warning', what: 'feedback is behind' },
      why: 'its oldest change has waited for 61 s; 1,200 records to go',
      command: 'millrace status --connector feedback',
    },
  ],
  [
    'dead letters',
    ofFlow({ dead_letters: 2 }),
    {
      ...{ severity: 'warning', what: 'feedback has 2 dead letters', link: '#/dead?connector=feedback' },
      command: 'millrace dead list --connector feedback',
    },
  ],
  [
    'gaps',
    ofFlow({ open_gaps: 1 }),
    { severity: 'critical', what: 'feedback has 1 open gap', command: 'millrace repair --connector feedback' },
  ],
  [
    'conflicts, those that both directions have found once',
    troublesOf({
      ...{ ...well, conflicts: 3 },
      flows: [
        { ...flow, open_conflicts: 3 },
        { ...flow, connector: 'back', open_conflicts: 2 },
      ],
    }),
    { severity: 'warning', what: '3 open conflicts, found by feedback and back', link: '#/conflicts?state=open' },
  ],
  [
    'runs that are not carried out',
    troublesOf({ ...well, carryingOut: { state: 'stopped', error: fault('LOG_FILE_UNUSABLE') } }),
    { severity: 'critical', what: 'the carrying out of runs has stopped' },
  ],
  [
    'a target that throttles',
    troublesOf({ ...well, throttles: new Map([['feedback', 3]]) }),
    {
      severity: 'warning',
      what: 'the target throttles feedback',
      why: 'it refused 3 requests within a minute',
      command: null,
    },
  ],
  [
    'a run that failed',
    troublesOf({
      ...well,
      runs: [{ id: 'r1', kind: 'replay', connector: 'feedback', fault: fault('LOG_HISTORY_GONE') }],
    }),
    {
      severity: 'warning',
      what: 'a replay of feedback has failed',
      command: 'millrace runs resume r1',
      link: '#/runs/r1',
    },
  ],
  [
    'an import with discrepancies',
    troublesOf({ ...well, runs: [{ id: 'r1', kind: 'import', connector: 'square', fault: null }] }),
    { severity: 'warning', what: 'an import of square left discrepancies', command: 'millrace runs show r1' },
  ],
  [
    'a verification that found differences',
    troublesOf({ ...well, runs: [{ id: 'r1', kind: 'verify', connector: 'feedback', fault: null }] }),
    { severity: 'warning', command: 'millrace verify --connector feedback --repair', link: '#/verification/r1' },
  ],
])('%s', (_, troubles, wanted) => {
  expect(troubles).toHaveLength(1)
  expect(troubles[0]).toMatchObject(wanted)
  for (const text of [troubles[0]?.what, troubles[0]?.why, troubles[0]?.mend]) expect(text).toMatch(/\S/u)
})

test('what stands still comes first, and of many runs the newest', () => {
  const runs = Array.from({ length: 12 }, (_, at) => {
    return { id: `r${at}`, kind: 'sync', connector: 'feedback', fault: fault('MYSQL_DENIED') }
  })
  const troubles = troublesOf({ ...well, runs, flows: [{ ...flow, dead_letters: 1, open_gaps: 1 }] })
  expect(troubles.map(({ severity }) => severity)).toEqual(['critical', ...Array(7).fill('warning')])
  expect(troubles.map(({ command }) => command).slice(2)).toEqual([
    ...['r0', 'r1', 'r2', 'r3', 'r4'].map((id) => `millrace runs resume ${id}`),
    'millrace runs list',
  ])
  expect(troubles.at(-1)?.what).toBe('7 more runs ended badly')
})
