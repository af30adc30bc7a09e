import { expect, test } from 'vitest'
import { type PartReport, PROGRESS_WITHIN_MS, readiness } from '../../src/control/readiness.ts'

const NOW_MS = 1_000_000
const part: PartReport = {
  part: 'deliver feedback',
  state: 'running',
  movedAtMs: NOW_MS,
  partitions: 1,
  lagRecords: 5,
  error: null,
}
const error = { code: 'SINK_UNREACHABLE', message: 'connection refused', hint: 'start it' }
const long = { movedAtMs: NOW_MS - PROGRESS_WITHIN_MS - 1000 }

test.each<[string, Partial<PartReport>]>([
  ['behind, but moving', {}],
  ['caught up, though nothing has happened for long', { ...long, lagRecords: 0 }],
  ['caught up before anything moved', { movedAtMs: null, lagRecords: 0 }],
  ['standing by while others deliver', { movedAtMs: null, partitions: 0 }],
  ['retrying, but it moved a moment ago', { state: 'retrying', error }],
])('ready: %s', (_, state) => {
  expect(readiness([{ ...part, ...state }], NOW_MS)).toMatchObject({ ready: true, why: [] })
})

test.each<[string, Partial<PartReport>, string]>([
  ['stopped', { state: 'stopped', error }, 'deliver feedback has stopped: SINK_UNREACHABLE: connection refused'],
  ['behind and still', long, 'deliver feedback has not moved for 31 s with 5 records to go'],
  [
    'retrying for long, though the log is empty',
    { ...long, state: 'retrying', lagRecords: 0, error },
    'deliver feedback has not moved for 31 s with 0 records to go: SINK_UNREACHABLE: connection refused',
  ],
  [
    'standing by, but it cannot reach its log',
    { ...long, state: 'retrying', partitions: 0, error },
    'deliver feedback has not moved for 31 s with 5 records to go: SINK_UNREACHABLE: connection refused',
  ],
  ['behind and not moved yet', { movedAtMs: null }, 'deliver feedback has not moved since it started'],
  ['a source that has gone silent', { ...long, lagRecords: null }, 'deliver feedback has not moved for 31 s'],
])('not ready: %s', (_, state, why) => {
  expect(readiness([part, { ...part, ...state }], NOW_MS)).toMatchObject({ ready: false, why: [why] })
})

test('a process that runs nothing is not ready', () => {
  expect(readiness([], NOW_MS)).toEqual({ ready: false, why: ['nothing runs yet'], parts: [] })
})
