import { expect, test } from 'vitest'
import { lastDue, nextDue, scheduleFault } from '../../src/core/schedule.ts'

const at = (text: string) => Date.parse(text)
const text = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

test.each([
  ['0 2 * * *', 'UTC', '2026-03-10T01:59:59Z', '2026-03-09T02:00:00.000Z', '2026-03-10T02:00:00.000Z'],
  ['0 2 * * *', 'UTC', '2026-03-10T02:00:00Z', '2026-03-10T02:00:00.000Z', '2026-03-11T02:00:00.000Z'],
  ['0 3 * * *', 'Europe/Madrid', '2026-07-01T00:30:00Z', '2026-06-30T01:00:00.000Z', '2026-07-01T01:00:00.000Z'],
  // In the night in which the hour from two o'clock on is left out it is due right after it.
  ['30 2 * * *', 'Europe/Madrid', '2026-03-29T12:00:00Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
  ['*/15 * * * *', 'UTC', '2026-01-01T00:07:00Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:15:00.000Z'],
])('%s in %s, seen at %s, was due at %s and will be at %s', (cron, zone, now, last, next) => {
  expect(text(lastDue({ cron, zone }, at(now)))).toBe(last)
  expect(text(nextDue({ cron, zone }, at(now)))).toBe(next)
})

test.each([
  ['0 2 * *', 'UTC', /five fields/u],
  ['0 25 * * *', 'UTC', /25/u],
  ['0 2 * * *', 'Europe/Nowhere', /Nowhere/u],
])('%s in %s is refused', (cron, zone, fault) => {
  expect(scheduleFault({ cron, zone })).toMatch(fault)
})

test('a schedule that is right has no fault', () => {
  expect(scheduleFault({ cron: '0 2 * * 1-5', zone: 'America/Bogota' })).toBeNull()
})
