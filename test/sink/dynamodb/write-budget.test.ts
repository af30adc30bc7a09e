import { expect, test } from 'vitest'
import { SharedBudget } from '../../../src/sink/dynamodb/shared-budget.ts'
import { LocalBudget, type WriteBudget } from '../../../src/sink/dynamodb/write-budget.ts'
import { freshName } from '../../support/fresh-name.ts'
import { sharedDynoxide, sharedRedis } from '../../support/shared-server.ts'
import { did, forever, placed, SinkTable } from '../../support/sink-table.ts'

async function spentMs(budgets: readonly WriteBudget[], takes: number, units: number): Promise<number> {
  const started = performance.now()
  const spend = async (budget: WriteBudget) => {
    for (let count = 0; count < takes; count++) await budget.take(units, forever)
  }
  await Promise.all(budgets.map(spend))
  return performance.now() - started
}

test('a budget lets no more units through than it has', async () => {
  // 1,000 at once, the other 500 within half a second.
  const ms = await spentMs([new LocalBudget({ unitsPerSecond: 1_000 })], 30, 50)
  expect(ms).toBeGreaterThan(400)
})

test('what a request cost less than was taken for it is given back', () => {
  const budget = new LocalBudget({ unitsPerSecond: 100, now: () => 0 })
  expect(budget.spend(100)).toBe(0)
  budget.settle(-40)
  expect(budget.spend(40)).toBe(0)
  expect(budget.spend(10)).toBe(100)
})

test('a clock that is set back does not stop it', () => {
  let nowMs = 10_000
  const budget = new LocalBudget({ unitsPerSecond: 100, now: () => nowMs })
  budget.spend(100)
  nowMs = 0
  expect(budget.spend(50)).toBe(500)
  nowMs = 1_000
  expect(budget.spend(50)).toBe(0)
})

test('two processes share one budget in Redis', async () => {
  const options = { redisUrl: (await sharedRedis()).url, name: freshName(), unitsPerSecond: 1_000 }
  const budgets = [await SharedBudget.open(options), await SharedBudget.open(options)]
  // Alone each would be through at once.
  expect(await spentMs(budgets, 16, 50)).toBeGreaterThan(400)
  await Promise.all(budgets.map((budget) => budget.close()))
})

test('without Redis each process goes on alone', async () => {
  const budget = await SharedBudget.open({ redisUrl: 'redis://127.0.0.1:1', name: freshName(), unitsPerSecond: 1_000 })
  const ms = await spentMs([budget], 30, 50)
  expect(ms).toBeGreaterThan(400)
  expect(ms).toBeLessThan(5_000)
  await budget.close()
})

test('a sink keeps within its budget, by what DynamoDB says the writes cost', async () => {
  await using table = await new SinkTable((await sharedDynoxide()).url).create()
  const sink = await table.sink({ budget: new LocalBudget({ unitsPerSecond: 200 }) })
  const writes = Array.from({ length: 300 }, (_, offset) =>
    placed(table.createOf(['v', `${offset}`], { text: 'x' }), { offset }),
  )
  const started = performance.now()
  expect(new Set(did(await sink.apply(writes, forever)))).toEqual(new Set(['applied']))
  expect(performance.now() - started).toBeGreaterThan(400)
})
