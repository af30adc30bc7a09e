// What counters come to of late: a second's worth, whatever was before.

import { expect, test } from 'vitest'
import { Rates } from '../../src/cli/rates.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { systemClock } from '../../src/pipeline/clock.ts'

function open() {
  const metrics = createMetrics()
  let nowMs = 0
  const rates = new Rates({ metrics, clock: { ...systemClock, nowMs: () => nowMs } })
  /** Each second `act`, then a look. */
  const pass = async (seconds: number, act: () => void = () => undefined) => {
    for (let second = 0; second < seconds; second++) {
      act()
      nowMs += 1_000
      await rates.look()
    }
  }
  return { metrics, rates, pass }
}

const FEEDBACK = { connector: 'feedback' }

test('before anything was looked at nothing moves', () => {
  const { rates } = open()
  expect(rates.perSecond('captureBytes', {})).toBe(0)
  expect(rates.latencyMs('feedback', 0.5)).toBe(null)
  expect(rates.latest('captureSeen', {})).toBe(null)
})

test('a rate is of the last five seconds, of those that have the labels, and falls to nothing', async () => {
  const { metrics, rates, pass } = open()
  metrics.captureRows.inc({ source: 'a', table: 't' }, 1_000_000)
  await pass(1)
  await pass(10, () => {
    metrics.captureRows.inc({ source: 'a', table: 't' }, 30)
    metrics.captureRows.inc({ source: 'a', table: 'u' }, 10)
    metrics.captureRows.inc({ source: 'b', table: 't' }, 5)
  })
  expect(rates.perSecond('captureRows', { source: 'a' })).toBe(40)
  expect(rates.perSecond('captureRows', { source: 'b' })).toBe(5)
  expect(rates.perSecond('captureRows', {})).toBe(45)
  await pass(5)
  expect(rates.perSecond('captureRows', {})).toBe(0)
})

test('a counter that begins meanwhile began at nothing', async () => {
  const { metrics, rates, pass } = open()
  await pass(2)
  metrics.sinkThrottles.inc(FEEDBACK, 7)
  await pass(1)
  expect(rates.grown('sinkThrottles', FEEDBACK)).toBe(7)
  await pass(61)
  expect(rates.grown('sinkThrottles', FEEDBACK)).toBe(0)
})

test('latency is of the last minute, between the bounds of its bucket', async () => {
  const { metrics, rates, pass } = open()
  await pass(1, () => metrics.deliverLatency.observe(FEEDBACK, 200))
  await pass(61)
  expect(rates.latencyMs('feedback', 0.5)).toBe(null)
  await pass(1, () => {
    for (let count = 0; count < 98; count++) metrics.deliverLatency.observe(FEEDBACK, 0.02)
    for (let count = 0; count < 2; count++) metrics.deliverLatency.observe(FEEDBACK, 2)
    metrics.deliverLatency.observe({ connector: 'other' }, 5)
  })
  expect(rates.latencyMs('feedback', 0.5)).toBeGreaterThan(10)
  expect(rates.latencyMs('feedback', 0.5)).toBeLessThan(25)
  expect(rates.latencyMs('feedback', 0.99)).toBeGreaterThan(1_000)
  expect(rates.latencyMs('feedback', 0.99)).toBeLessThanOrEqual(2_500)
})

test('what took longer than any bucket took at least the last bound', async () => {
  const { metrics, rates, pass } = open()
  await pass(1)
  await pass(1, () => metrics.deliverLatency.observe(FEEDBACK, 100_000))
  expect(rates.latencyMs('feedback', 0.99)).toBe(300_000)
})

test('a gauge is as it was seen last', async () => {
  const { metrics, rates, pass } = open()
  await pass(1, () => metrics.captureSeen.set({ source: 'a' }, 12))
  await pass(1, () => metrics.captureSeen.set({ source: 'a' }, 13))
  expect(rates.latest('captureSeen', { source: 'a' })).toBe(13)
})
