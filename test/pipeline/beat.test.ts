// Looks of whatever length of time come to fall together.

import { expect, test } from 'vitest'
import { tillBeat } from '../../src/pipeline/beat.ts'

test.each([
  { why: 'whoever begins in the middle joins the others', nowMs: 10_400, everyMs: 1_000, delayMs: 600 },
  {
    why: 'a look takes its time, and the next one is on time all the same',
    nowMs: 11_003,
    everyMs: 1_000,
    delayMs: 997,
  },
  { why: 'a timer that is early does not look twice', nowMs: 11_999, everyMs: 1_000, delayMs: 1_001 },
  { why: 'longer ones fall on the beats of shorter ones', nowMs: 13_100, everyMs: 2_000, delayMs: 900 },
])('$why', ({ nowMs, everyMs, delayMs }) => {
  expect(tillBeat(nowMs, everyMs)).toBe(delayMs)
})
