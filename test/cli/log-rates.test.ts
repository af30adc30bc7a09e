// What others move through the log, told by its ends and their lags.

import { expect, test } from 'vitest'
import { LogRates } from '../../src/cli/log-rates.ts'
import { MillraceError } from '../../src/core/errors.ts'
import { systemClock } from '../../src/pipeline/clock.ts'

function open() {
  const at = { nowMs: 0, ends: { a: [0, 0], b: [0] } as Record<string, number[]>, lag: 0 }
  const log = {
    ends: async (topic: string) => {
      const ends = at.ends[topic]
      if (ends === undefined) throw new MillraceError('TOPIC_UNKNOWN', topic)
      return ends.map((offset, partition) => ({ topic, topicId: '', partition, offset }))
    },
  }
  const rates = new LogRates({
    log,
    lag: { of: () => ({ records: at.lag, oldestMs: null }) },
    clock: { ...systemClock, nowMs: () => at.nowMs },
    readers: new Map([['feedback', ['a', 'b', 'not there yet']]]),
  })
  const pass = async (seconds: number, act: () => void = () => undefined) => {
    for (let second = 0; second < seconds; second++) {
      act()
      at.nowMs += 1_000
      await rates.look()
    }
  }
  return { at, rates, pass }
}

const move = (at: { ends: Record<string, number[]> }, count: number) => {
  at.ends.a = [at.ends.a![0]! + count, at.ends.a![1]! + count]
  at.ends.b = [at.ends.b![0]! + count]
}

test('one look says how many partitions there are, two how fast it goes', async () => {
  const { at, rates, pass } = open()
  expect([rates.appendedPerSecond(['a']), rates.partitionsOf('feedback')]).toEqual([null, 0])
  await pass(1)
  expect([rates.appendedPerSecond(['a']), rates.partitionsOf('feedback')]).toEqual([null, 3])
  await pass(4, () => move(at, 10))
  expect(rates.appendedPerSecond(['a', 'b', 'a'])).toBe(30)
  expect(rates.appendedPerSecond(['b'])).toBe(10)
})

test('what is appended and not delivered yet is lag, and what falls behind was never undone', async () => {
  const { at, rates, pass } = open()
  await pass(1)
  await pass(4, () => {
    move(at, 10)
    at.lag += 20
  })
  expect(rates.deliveredPerSecond('feedback')).toBe(10)
  await pass(5, () => {
    at.lag -= 16
  })
  expect(rates.deliveredPerSecond('feedback')).toBe(16)
  await pass(5, () => {
    at.lag += 100
  })
  expect(rates.deliveredPerSecond('feedback')).toBe(0)
})

test('what was seen long ago says nothing of now', async () => {
  const { at, rates, pass } = open()
  await pass(3, () => move(at, 10))
  at.nowMs += 60_000
  await pass(1, () => move(at, 10_000))
  expect(rates.appendedPerSecond(['a'])).toBe(null)
})
