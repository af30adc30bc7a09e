// How fast a run may go, on a clock that the test moves.

import { expect, test } from 'vitest'
import { type Limits, NO_LIMITS } from '../../src/core/run.ts'
import { RunPace } from '../../src/pipeline/run-pace.ts'

function paced(limits: Partial<Limits>) {
  const at = { nowMs: 1_000_000, limits: { ...NO_LIMITS, ...limits }, slept: 0 }
  const clock = {
    nowMs: () => at.nowMs,
    sleep: async (ms: number) => {
      at.nowMs += ms
      at.slept += ms
      // What a person changes while it waits.
      if (at.slept > 60_000) at.limits = NO_LIMITS
    },
  }
  const pace = new RunPace({ clock, limits: () => at.limits, unitsPerRow: () => 2, delivered: async () => 0 })
  const waited = async () => {
    const startMs = at.nowMs
    const rows = await pace.admit(0, new AbortController().signal)
    return { rows, waitedMs: at.nowMs - startMs }
  }
  return { at, pace, waited }
}

test.each([
  ['rows a second', { rowsPerSecond: 20 }, 2, 100],
  ['write units a second', { writeUnitsPerSecond: 20 }, 1, 100],
  ['a share of the source', { sourceShare: 0.25 }, 1, 3 * 40],
])('keeps to %s', async (_what, limits, rows, waitMs) => {
  const { pace, waited } = paced(limits)
  expect((await waited()).waitedMs).toBe(0)
  pace.took(rows, 'sourceShare' in limits ? 40 : 0)
  const { waitedMs } = await waited()
  expect(waitedMs).toBeGreaterThanOrEqual(waitMs)
  expect(waitedMs).toBeLessThan(waitMs + 20)
})

test('a run that goes on keeps to its limits from where it stopped', async () => {
  const { at, pace, waited } = paced({ rowsPerSecond: 0.1 })
  pace.resume(at.nowMs - 4_000)
  expect((await waited()).waitedMs).toBe(6_000)
})

test('a limit that is taken away while it waits counts at once', async () => {
  const { pace, waited } = paced({ rowsPerSecond: 0.001 })
  pace.took(1, 0)
  expect((await waited()).waitedMs).toBeLessThan(61_000)
})
