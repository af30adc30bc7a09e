import { expect, test } from 'vitest'
import { ITEM_COLUMN, itemShape } from '../../src/core/item.ts'
import { isSetBack, itemBefore } from '../../src/core/item-before.ts'
import { changeEvent } from '../support/change-event.ts'

type Item = Readonly<Record<string, string>>

const shape = itemShape('products', [{ name: 'id', type: 'S' }])

function rowOf(item: Item) {
  const tagged = Object.fromEntries(Object.entries(item).map(([name, text]) => [name, { S: text }]))
  return { id: 'a', [ITEM_COLUMN]: JSON.stringify(tagged) }
}

function before(was: Item | null, is: Item | null) {
  const images = { ...(was && { before: rowOf(was) }), ...(is && { after: rowOf(is) }) }
  const op = was === null ? 'insert' : is === null ? 'delete' : 'update'
  return itemBefore(changeEvent({ shape, op, ...images }))
}

const NEW = { stage: 'new', mr_position: '0002', mr_position_resolve: '0001' }

test('whoever changes an item has had what it held before them', () => {
  expect(before(NEW, { ...NEW, stage: 'old' })).toEqual(NEW)
  expect(before(NEW, { ...NEW, stage: 'old', mr_position: '0003' })).toEqual(NEW)
  expect(before({ stage: 'nobody wrote it but its author' }, { stage: 'x' })).toEqual({
    stage: 'nobody wrote it but its author',
  })
  expect(before(null, { stage: 'x' })).toEqual({})
  expect(before(NEW, null)).toEqual(NEW)
})

test('whoever puts back an older state has not', () => {
  expect(before(NEW, { ...NEW, mr_position: '0001' })).toBeNull()
  expect(before(NEW, { stage: 'x', mr_position: '0002' })).toBeNull()
  expect(before(NEW, { stage: 'x' })).toBeNull()
})

test('of a copied item nobody knows', () => {
  expect(itemBefore(changeEvent({ shape, op: 'read', after: rowOf(NEW) }))).toBeNull()
})

test('the images of a stream tell it like fields do', () => {
  expect(isSetBack({ mr_position: { S: '0002' } }, { mr_position: { S: '0001' } })).toBe(true)
  expect(isSetBack({ mr_position: { S: '0002' } }, {})).toBe(true)
  expect(isSetBack({ mr_position: { S: '0002' } }, { mr_position: { S: '0002' } })).toBe(false)
})
