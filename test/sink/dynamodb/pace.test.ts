import { expect, test } from 'vitest'
import { Pace } from '../../../src/sink/dynamodb/pace.ts'
import { forever } from '../../support/sink-table.ts'

test('no more is in flight than the limit, and who came first goes first', async () => {
  const pace = new Pace({ inFlightMax: 2, now: () => 0 })
  const order: number[] = []
  await pace.enter(1, forever)
  await pace.enter(1, forever)
  const waiting = [1, 2, 3].map((one) => pace.enter(1, forever).then(() => order.push(one)))
  await Promise.resolve()
  expect(order).toEqual([])
  pace.leave(1)
  await waiting[0]
  expect(order).toEqual([1])
  pace.leave(1)
  pace.leave(1)
  await Promise.all(waiting)
  expect(order).toEqual([1, 2, 3])
})

test('throttles halve the limit, once for all that were in flight together, and successes raise it again', () => {
  let nowMs = 0
  const pace = new Pace({ inFlightMax: 64, now: () => nowMs })
  for (let count = 0; count < 10; count++) pace.throttled()
  expect(pace.limit).toBe(32)
  nowMs = 1_000
  pace.throttled()
  expect(pace.limit).toBe(16)
  for (let count = 0; count < 10_000; count++) pace.succeeded(1)
  expect(pace.limit).toBe(64)
})

test('a limit of one lets a heavy request through, alone', async () => {
  const pace = new Pace({ inFlightMax: 1, now: () => 0 })
  await pace.enter(8, forever)
  let isIn = false
  const next = pace.enter(1, forever).then(() => (isIn = true))
  await Promise.resolve()
  expect(isIn).toBe(false)
  pace.leave(8)
  await next
})

test('an aborted wait gives its place up', async () => {
  const pace = new Pace({ inFlightMax: 1, now: () => 0 })
  const stop = new AbortController()
  await pace.enter(1, forever)
  const aborted = pace.enter(1, stop.signal)
  const next = pace.enter(1, forever)
  stop.abort(new Error('stopped'))
  await expect(aborted).rejects.toThrow('stopped')
  pace.leave(1)
  await next
})
