import { expect, test } from 'vitest'
import connectors from '../../connectors/products.ts'
import { ITEM_COLUMN, itemShape } from '../../src/core/item.ts'
import type { Merge } from '../../src/core/write.ts'
import { changeEvent } from '../support/change-event.ts'

type Item = Readonly<Record<string, string>>

const [, fromDynamodb] = connectors
const shape = itemShape('products', [{ name: 'id', type: 'S' }])
const SETTINGS = { KEY: 'id', POLICY: 'newest-wins' }
const NOTHING = { one: () => null, many: () => [] }

function mapped(before: Item, after: Item): Merge {
  const rowOf = (item: Item) => {
    const tagged = Object.fromEntries(Object.entries(item).map(([name, text]) => [name, { S: text }]))
    return { id: '7', [ITEM_COLUMN]: JSON.stringify(tagged) }
  }
  const event = changeEvent({ shape, op: 'update', before: rowOf(before), after: rowOf(after) })
  const [write] = fromDynamodb!.tables.products!.map(event, NOTHING, SETTINGS)
  return write as Merge
}

const OLD = { lifecycle_stage: 'old', assessed_at: '2025-01-01T10:00:00Z', mr_position: '0001' }
const NEW = { lifecycle_stage: 'new', assessed_at: '2025-01-02T10:00:00Z', mr_position: '0002' }
const NONE = { modesty_status: null, shopify_status: null }

test('a change made on purpose is held against what the item held, however old its clock is', () => {
  const { fields, contested } = mapped(NEW, { ...OLD, mr_position: '0002' })
  expect(fields).toEqual({ ...NONE, lifecycle_stage: 'old', assessed_at: '2025-01-01 10:00:00.000' })
  expect(contested).toMatchObject([
    { before: { ...NONE, lifecycle_stage: 'new', assessed_at: '2025-01-02 10:00:00.000' } },
  ])
})

test('an older state that came back is held against nothing: nobody knows what its author had before them', () => {
  expect(mapped(NEW, OLD).contested).toMatchObject([{ before: null }])
})

test('a clock that was no time before keeps nobody from mending it', () => {
  const { contested } = mapped({ ...NEW, assessed_at: 'yesterday' }, NEW)
  expect(contested).toMatchObject([{ before: { assessed_at: 'yesterday' } }])
  expect(() => mapped(NEW, { ...NEW, assessed_at: 'yesterday' })).toThrow('assessed_at is no ISO time')
})
