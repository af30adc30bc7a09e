// Whether tables hold what a merchant of Square has, field by field, read from the objects as Square gives them.

import { expect } from 'vitest'
import type { Row } from '../../src/core/value.ts'
import type { ImportedTables } from './imported-tables.ts'
import type { Thing } from './square-order.ts'
import type { SquareWorld } from './square-world.ts'

const sorted = (texts: readonly unknown[]) => texts.map(String).sort()
const pairs = (rows: readonly Row[], ...fields: string[]) =>
  sorted(rows.map((row) => fields.map((field) => row[field]).join(' ')))

export function expectSame(tables: ImportedTables, world: SquareWorld): void {
  const of = (type: string) => [...world.catalog.values()].filter((one) => one.type === type && one.is_deleted !== true)
  const data = (thing: Thing, name: string) => thing[name] as Thing
  const variations = of('ITEM_VARIATION')
  const orders = [...world.orders.values()]
  const list = (order: Thing, name: string) => (order[name] ?? []) as readonly Thing[]
  const rows = (table: string) => tables.rows(table)
  expect(pairs(rows('locations'), 'id', 'name', 'locality')).toEqual(
    sorted(world.locations.map(({ id, name }) => `${id} ${name} Tulsa`)),
  )
  expect(pairs(rows('catalog_categories'), 'id', 'name')).toEqual(
    sorted(of('CATEGORY').map((one) => `${one.id} ${data(one, 'category_data').name}`)),
  )
  expect(pairs(rows('catalog_items'), 'id', 'name', 'version')).toEqual(
    sorted(of('ITEM').map((one) => `${one.id} ${data(one, 'item_data').name} ${one.version}`)),
  )
  const priced = (one: Thing) => (data(one, 'item_variation_data').price_money as { amount: number }).amount
  expect(pairs(rows('catalog_variations'), 'id', 'item_id', 'price_amount')).toEqual(
    sorted(variations.map((one) => `${one.id} ${data(one, 'item_variation_data').item_id} ${priced(one)}`)),
  )
  expect(pairs(rows('square_item_library_export'), 'token', 'price_amount')).toEqual(
    sorted(variations.map((one) => `${one.id} ${priced(one)}`)),
  )
  const vendors = variations.flatMap((one) =>
    (data(one, 'item_variation_data').vendor_information as readonly Thing[]).map(
      ({ vendor_code }) => `${one.id} ${vendor_code}`,
    ),
  )
  expect(pairs(rows('catalog_vendor_info'), 'variation_id', 'vendor_code')).toEqual(sorted(vendors))
  expect(pairs(rows('vendors'), 'id', 'contact_email')).toEqual(
    sorted(world.vendors.map(({ id }) => `${id} bo@example.com`)),
  )
  const last = world.locations.at(-1)!.id
  const present = of('ITEM').flatMap((one) =>
    world.locations.map(
      ({ id }) =>
        `${one.id} ${id} ${(one.present_at_all_locations === true ? id !== last : id === world.locations[0]!.id) ? 1 : 0}`,
    ),
  )
  expect(pairs(rows('catalog_location_availability'), 'item_id', 'location_id', 'is_present')).toEqual(sorted(present))
  expect(pairs(rows('catalog_inventory'), 'variation_id', 'location_id', 'quantity')).toEqual(
    sorted(
      [...world.counts.values()].map((one) => `${one.catalog_object_id} ${one.location_id} ${one.quantity}.00000`),
    ),
  )
  const total = (one: Thing) => (one.total_money as { amount: number }).amount
  expect(pairs(rows('orders'), 'id', 'location_id', 'total_amount')).toEqual(
    sorted(orders.map((one) => `${one.id} ${one.location_id} ${total(one)}`)),
  )
  const lines = orders.flatMap((order) =>
    list(order, 'line_items').map((line) => `${order.id} ${line.uid} ${total(line)}`),
  )
  expect(pairs(rows('order_line_items'), 'order_id', 'uid', 'total_amount')).toEqual(sorted(lines))
  for (const [table, name, id] of [
    ['order_fulfillments', 'fulfillments', 'uid'],
    ['order_refunds', 'refunds', 'id'],
    ['order_returns', 'returns', 'uid'],
    ['tenders', 'tenders', 'id'],
  ] as const) {
    expect(pairs(rows(table), 'order_id', id)).toEqual(
      sorted(orders.flatMap((order) => list(order, name).map((one) => `${order.id} ${one[id]}`))),
    )
  }
  expect(pairs(rows('payments'), 'id', 'location_id', 'status')).toEqual(
    sorted([...world.payments.values()].map((one) => `${one.id} ${one.location_id} ${one.status}`)),
  )
  expect(pairs(rows('transactions'), 'id', 'order_id')).toEqual(
    sorted(world.transactions.map((one) => `${one.id} ${one.order_id}`)),
  )
}
