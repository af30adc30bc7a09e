import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDynamodbProxy } from '../../support/dynamodb-proxy.ts'
import { sharedDynoxide } from '../../support/shared-server.ts'
import { did, fieldsOf, forever, placed, SinkTable } from '../../support/sink-table.ts'

let table: SinkTable
beforeAll(async () => {
  table = await new SinkTable((await sharedDynoxide()).url).create()
})
afterAll(() => table[Symbol.asyncDispose]())

function changes(sk: string, texts: readonly string[]) {
  return texts.map((text, offset) => placed(table.mergeOf(['s', sk], { text }), { offset, lane: sk }))
}

test('a row that changed often in one call costs one request', async () => {
  await using proxy = await openDynamodbProxy((await sharedDynoxide()).url)
  const sink = await table.sink({ endpoint: proxy.url })
  const texts = Array.from({ length: 100 }, (_, index) => `v${index}`)
  const outcomes = did(await sink.apply(changes('a', texts), forever))
  expect(outcomes).toEqual([...Array.from({ length: 99 }, () => 'stale'), 'applied'])
  expect(proxy.calls).toHaveLength(1)
  expect(fieldsOf(await table.item(['s', 'a']))).toEqual({ text: 'v99' })
})

test('when the newest can never be applied, the one before it is', async () => {
  const sink = await table.sink()
  const outcomes = did(await sink.apply(changes('b', ['one', 'two', 'x'.repeat(420_000)]), forever))
  expect(outcomes).toEqual(['applied', 'applied', 'rejected'])
  expect(fieldsOf(await table.item(['s', 'b']))).toEqual({ text: 'two' })
})

test('behind a rejection neither the newest nor what it covers is tried', async () => {
  const sink = await table.sink()
  const tooLarge = placed(table.createOf(['s', 'e'], { text: 'x'.repeat(420_000) }), { offset: 0, lane: 'd' })
  const merges = [1, 2].map((offset) =>
    placed(table.mergeOf(['s', 'd'], { text: `v${offset}` }), { offset, lane: 'd' }),
  )
  const outcomes = await sink.apply([tooLarge, ...merges], forever)
  expect(did(outcomes)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(outcomes.slice(1).map(({ reason }) => reason)).toEqual([1, 2].map(() => expect.stringMatching(/^behind /u)))
  expect(await table.item(['s', 'd'])).toBeUndefined()
})

test('other fields, another guard, a delete between, or an older position are not covered', async () => {
  const sink = await table.sink()
  const at = (offset: number) => ({ offset, lane: 'row' })
  const writes = [
    placed(table.mergeOf(['s', 'c'], { text: 'a', name: 'kept' }), at(1)),
    placed(table.mergeOf(['s', 'c'], { text: 'b' }), at(2)),
    placed(table.mergeOf(['s', 'c'], { text: 'c' }, { guard: 'other' }), at(3)),
    placed(table.removeOf(['s', 'c'], ['rating'], { how: 'flag' }), at(4)),
    placed(table.mergeOf(['s', 'c'], { text: 'd' }), { ...at(5), at: 9 }),
    placed(table.mergeOf(['s', 'c'], { text: 'e' }), { ...at(6), at: 8 }),
  ]
  expect(did(await sink.apply(writes, forever))).toEqual([
    'applied',
    'applied',
    'applied',
    'applied',
    'applied',
    'stale',
  ])
  expect(fieldsOf(await table.item(['s', 'c']))).toEqual({ text: 'd', name: 'kept' })
})
