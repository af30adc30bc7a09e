import { expect, test } from 'vitest'
import type { TableFlow } from '../../src/core/connector.ts'
import type { ImportPart } from '../../src/pipeline/import-scope.ts'
import { importWalks } from '../../src/pipeline/import-walks.ts'

const flow = (walkedWith?: string): TableFlow => ({
  columns: ['id'],
  map: () => [],
  ...(walkedWith !== undefined && { walkedWith }),
})
const tables = { orders: flow(), lines: flow('orders'), refunds: flow('orders'), payments: flow() }
const part = (table: string, isFoundation = false): ImportPart => ({ table, from: { kind: 'square', isFoundation } })

function walked(...parts: readonly ImportPart[]) {
  return importWalks({ tables }, parts).map((walk) => [walk.first, ...walk.parts.map(({ table }) => table)])
}

test('what is walked with a table joins its walk where it follows', () => {
  expect(walked(part('orders'), part('lines'), part('refunds'), part('payments'))).toEqual([
    [0, 'orders', 'lines', 'refunds'],
    [3, 'payments'],
  ])
})

test('what stands by itself has a walk of its own', () => {
  expect(walked(part('lines'), part('refunds'))).toEqual([
    [0, 'lines'],
    [1, 'refunds'],
  ])
  expect(walked(part('orders'), part('payments'), part('refunds'))).toEqual([
    [0, 'orders'],
    [1, 'payments'],
    [2, 'refunds'],
  ])
})

test('what is asked otherwise, or twice, is not of the same walk', () => {
  expect(walked(part('orders'), part('lines', true))).toEqual([
    [0, 'orders'],
    [1, 'lines'],
  ])
  expect(walked(part('orders'), part('lines'), part('lines'))).toEqual([
    [0, 'orders', 'lines'],
    [2, 'lines'],
  ])
})
