// The flows of Square agree with themselves: every table is there, behind those that it refers to, and is brought in once a day.

import { describe, expect, test } from 'vitest'
import { SQUARE_VERSION, type SquareFlow, squareSpec } from '../../../src/core/square/square-flow.ts'
import { SQUARE_FLOWS, SQUARE_SCHEDULE } from '../../../src/core/square/square-flows.ts'

const tables = SQUARE_FLOWS.map(({ table }) => table)

test('all tables are there', () => {
  expect([...tables].sort()).toEqual([
    ...[
      'catalog_categories',
      'catalog_inventory',
      'catalog_items',
      'catalog_location_availability',
      'catalog_variations',
    ],
    ...[
      'catalog_vendor_info',
      'locations',
      'order_fulfillments',
      'order_line_items',
      'order_refunds',
      'order_returns',
      'orders',
    ],
    ...['payments', 'square_item_library_export', 'tenders', 'transactions', 'vendors'],
  ])
})

test('each is brought in by one line of the schedule, daily at two, in the order of the flows', () => {
  expect(SQUARE_SCHEDULE.flatMap((one) => one.tables)).toEqual(tables)
  expect(new Set(SQUARE_SCHEDULE.map(({ cron }) => cron))).toEqual(new Set(['0 2 * * *']))
})

describe.each(SQUARE_FLOWS.map((flow) => [flow.table, flow] as const))('%s', (_table, flow) => {
  test('stands behind what it refers to', () => {
    for (const [field, table] of Object.entries(flow.references)) {
      expect(flow.imported.fields).toHaveProperty(field)
      expect(tables.slice(0, tables.indexOf(flow.table))).toContain(table)
    }
  })

  test('is named by fields that it has, and is data alone', () => {
    const columns = Object.keys(flow.imported.fields)
    for (const name of flow.imported.names.flat()) expect(columns).toContain(name)
    if (typeof flow.deletes === 'object') expect(columns).toContain(flow.deletes.withParent)
    expect(JSON.parse(JSON.stringify(flow))).toEqual(flow)
  })

  test('asks for the same as the table that it is walked with', () => {
    const walked = SQUARE_FLOWS.find(({ table }) => table === flow.walkedWith)
    if (flow.walkedWith === undefined) return
    const asked = ({ path, locations, reads, asks: { expand: _, fields: __, ...asks } }: SquareFlow) => {
      return { path, locations, reads, asks }
    }
    expect(walked?.walkedWith).toBe(undefined)
    expect(walked).toBeDefined()
    if (walked !== undefined) expect(asked(flow)).toEqual(asked(walked))
  })

  test('asks for the release that it is written for', () => {
    const spec = squareSpec(flow, { url: 'https://connect.squareup.com', locations: ['a'], requestsPerSecond: 8 })
    expect(spec).toMatchObject({ headers: { 'Square-Version': SQUARE_VERSION }, requestsPerSecond: 8 })
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
  })
})
