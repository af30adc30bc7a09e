import { expect, test } from 'vitest'
import { RUNS } from '../../src/core/topic.ts'
import { decideAlone } from '../../src/pipeline/decide-alone.ts'
import { Delivering } from '../support/delivering.ts'

const MANY = 24

test('many that decide at once all come to a decision', async () => {
  await using at = await Delivering.open()
  const decided: number[] = []
  const decide = (who: number) =>
    decideAlone(at.log, 'test.many', async (writer) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      await writer.append([{ topic: RUNS, key: Buffer.from(`${who}`), value: null }])
      decided.push(who)
    })
  await Promise.all(Array.from({ length: MANY }, (_, who) => decide(who)))
  expect(decided.toSorted((a, b) => a - b)).toEqual(Array.from({ length: MANY }, (_, who) => who))
})
