// How many dead letters wait, as letters come, are retried and are given up.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { deadLetterKey } from '../../src/core/dead-letter.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { DeadCount } from '../../src/pipeline/dead-count.ts'
import { DeadLetters } from '../../src/pipeline/dead-letters.ts'
import { connector, Delivering, failingOver, insert, TOPIC } from '../support/delivering.ts'

let at: Delivering
let count: DeadCount
const signal = new AbortController().signal

beforeEach(async () => {
  at = await Delivering.open()
  count = new DeadCount({ log: at.log, signal, topics: [TOPIC, TOPIC] })
})
afterEach(() => at[Symbol.asyncDispose]())

async function waiting(name: string): Promise<number> {
  await count.refresh()
  return count.of(name)
}

test('each letter counts once for its connector, until it is gone', async () => {
  expect(await waiting('feedback')).toBe(0)
  const failing = failingOver(({ text }) => text === 'bad')
  await at.append(insert(1, { text: 'bad' }), insert(2, { text: 'bad' }), insert(3))
  {
    await using _ = at.start(failing)
    await at.caughtUp()
  }
  expect([await waiting('feedback'), await waiting('other')]).toEqual([2, 0])
  {
    await using _ = at.start({ ...failing, name: 'other' })
    await at.caughtUp('other')
  }
  expect([await waiting('feedback'), await waiting('other')]).toEqual([2, 2])
  const { log, records } = at
  const by = { database: 'app', connectors: [connector()], clock: systemClock, signal }
  const letters = new DeadLetters({ log, records, openCodec: () => at.openCodec(), ...by })
  const listed = await letters.list({ connector: 'feedback' }, { limit: 1 })
  await letters.drop([deadLetterKey(listed.letters[0]!.letter)], {
    note: 'a test',
    by: 'ann',
  })
  expect([await waiting('feedback'), await waiting('other')]).toEqual([1, 2])
  // Whoever comes later counts the same.
  count = new DeadCount({ log, signal, topics: [TOPIC] })
  expect([await waiting('feedback'), await waiting('other')]).toEqual([1, 2])
})
