// A merchant of Square, table by table: everything, then what changed. After each run the tables hold what the merchant has.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAll } from '../../../support/api-source.ts'
import { ImportedTables } from '../../../support/imported-tables.ts'
import { ScriptedSquare } from '../../../support/scripted-square.ts'
import { expectSame } from '../../../support/square-equality.ts'
import { bring, flowOf, squareSource } from '../../../support/square-import.ts'
import { SquareWorld } from '../../../support/square-world.ts'

let square: ScriptedSquare
beforeEach(async () => {
  square = await ScriptedSquare.open(new SquareWorld())
})
afterEach(() => square[Symbol.asyncDispose]())

describe('everything, then what changed', () => {
  test('the tables hold what the merchant has, after the foundation and after each hour', async () => {
    const tables = new ImportedTables()
    await bring({ square, tables })
    expectSame(tables, square.world)
    for (let hour = 0; hour < 3; hour++) {
      square.world.work(20)
      await bring({ square, tables }, { isFoundation: false })
      expectSame(tables, square.world)
    }
  })

  test('only what changed is written', async () => {
    const tables = new ImportedTables()
    await bring({ square, tables })
    const changed = square.world.work(20)
    const tallies = await bring({ square, tables }, { isFoundation: false })
    expect(tallies.get('orders')).toMatchObject({ written: changed.length, stale: 0, deleted: 0 })
    expect(tallies.get('catalog_items')).toMatchObject({ written: 2, same: 28, stale: 0, deleted: 1 })
    expect(tallies.get('catalog_inventory')).toMatchObject({ written: 1 })
    expect(tallies.get('payments')).toMatchObject({ written: 0, stale: 0, deleted: 0 })
    const again = await bring({ square, tables }, { isFoundation: false })
    for (const [table, tally] of again) {
      // Tables without versions are written anew: locations, transactions, the export.
      if (flowOf(table).asks.version !== undefined)
        expect([table, tally]).toMatchObject([table, { written: 0, stale: 0, deleted: 0 }])
    }
  })

  test('a window asks for seven days of orders and a day of stock, or for all since the last run', async () => {
    await bring({ square, tables: new ImportedTables() }, { isFoundation: false })
    const { nowMs } = square.world
    const sinceOf = (path: string) =>
      JSON.stringify(square.asked.filter(({ url }) => url.pathname === path).map(({ body, url }) => [body, url.href]))
    const iso = (ms: number) => new Date(ms).toISOString()
    const day = 24 * 3_600_000
    const overlap = 10 * 60_000
    expect(sinceOf('/v2/orders/search')).toContain(`"start_at":"${iso(nowMs - 7 * day - overlap)}"`)
    expect(sinceOf('/v2/inventory/counts/batch-retrieve')).toContain(`"updated_after":"${iso(nowMs - day - overlap)}"`)
    expect(sinceOf('/v2/payments')).toContain(
      `updated_at_begin_time=${encodeURIComponent(iso(nowMs - 7 * day - overlap))}`,
    )
    const reachedMs = new Map([
      ['orders', nowMs - 30 * day],
      ['payments', nowMs - day],
    ])
    await bring({ square, tables: new ImportedTables() }, { isFoundation: false, reachedMs })
    expect(sinceOf('/v2/orders/search')).toContain(`"start_at":"${iso(nowMs - 30 * day - overlap)}"`)
  })

  test('orders that change, and new ones, while they are walked through', async () => {
    square.clip = 20
    const tables = new ImportedTables()
    await bring({ square, tables })
    let pages = 0
    square.meddle = (right, { url }) => {
      if (url.pathname !== '/v2/orders/search' || ++pages % 2 === 1) return right()
      square.world.nowMs += 60_000
      for (const id of ['order-7', 'order-between']) square.world.putOrder(id)
      return right()
    }
    const orderedAtMs = square.world.nowMs
    square.world.work(60)
    await bring({ square, tables }, { isFoundation: false, orderedAtMs })
    expect(pages).toBeGreaterThan(2)
    // Neither is an order without lines, nor are there lines without an order.
    const held = (table: string, field: string) => new Set(tables.rows(table).map((row) => row[field]))
    expect(held('order_line_items', 'order_id')).toEqual(held('orders', 'id'))
    square.meddle = (right) => right()
    await bring({ square, tables }, { isFoundation: false })
    expectSame(tables, square.world)
  })

  test('an order and all that it has come out of one walk', async () => {
    await bring({ square, tables: new ImportedTables() })
    expect(square.asked.filter(({ url }) => url.pathname === '/v2/orders/search')).toHaveLength(1)
  })

  test('more locations than one request may name', async () => {
    await using other = await ScriptedSquare.open(new SquareWorld({ locations: 23, orders: 200, items: 5 }))
    const tables = new ImportedTables()
    await bring({ square: other, tables })
    expectSame(tables, other.world)
  })

  test('no locations: no orders', async () => {
    square.world.locations.length = 0
    const { events, error } = await readAll(() => squareSource(square), { table: 'orders' })
    expect([events, error]).toEqual([[], null])
  })
})
