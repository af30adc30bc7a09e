// Orders of Square and all that they have, in one walk: every row once, whatever ends the process meanwhile.

import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { ImportPlace } from '../support/import-place.ts'
import { ScriptedSquare, SQUARE_TOKEN } from '../support/scripted-square.ts'
import type { Thing } from '../support/square-order.ts'
import { SquareWorld } from '../support/square-world.ts'
import { until } from '../support/until.ts'

const LISTS = {
  order_line_items: 'line_items',
  order_fulfillments: 'fulfillments',
  order_refunds: 'refunds',
  order_returns: 'returns',
  tenders: 'tenders',
} as const
const PAGES = 6

/** How many rows the merchant has, by table. */
function rowsOf(world: SquareWorld): Record<string, number> {
  const orders = [...world.orders.values()]
  const lists = Object.entries(LISTS).map(([table, list]) => {
    return [table, orders.reduce((sum, order) => sum + ((order[list] ?? []) as readonly Thing[]).length, 0)] as const
  })
  return { orders: orders.length, ...Object.fromEntries(lists) }
}

async function storedIn(place: ImportPlace): Promise<Record<string, number>> {
  const counts = ['orders', ...Object.keys(LISTS)].map((table) => `(SELECT COUNT(*) FROM ${table}) AS ${table}`)
  const [stored] = await place.query(`SELECT ${counts.join(', ')}`)
  return stored as Record<string, number>
}

function written({ writes }: RunView, change: string): Record<string, number> {
  return Object.fromEntries(['orders', ...Object.keys(LISTS)].map((name) => [name, writes[`${name} ${change}`] ?? 0]))
}

/** Who sells, and who brings it in. */
async function opened(opening: AsyncDisposableStack) {
  const world = new SquareWorld({ orders: 200, payments: 5 })
  const square = opening.use(await ScriptedSquare.open(world))
  square.clip = Math.ceil(world.orders.size / PAGES)
  const settings = {
    MILLRACE_CONNECTORS: 'square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: '10000',
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  }
  const place = opening.use(await ImportPlace.open(settings))
  const order = async (path: string) =>
    (await place.post(path, { data_types: ['locations', 'orders'] })).body as RunView
  return { world, square, settings, place, order }
}

test('a walk that is killed within a page goes on there, and a sweep counts once', async () => {
  await using opening = new AsyncDisposableStack()
  const { world, square, settings, place, order } = await opened(opening)
  const asked = new Set<string>()
  let begun = 0
  let isStuck = true
  square.meddle = (right, { url, body }) => {
    if (url.pathname !== '/v2/orders/search') return right()
    asked.add(JSON.stringify(body))
    if ((body as { cursor?: string }).cursor === undefined) begun++
    return isStuck && asked.size > PAGES / 2 ? { status: 503, body: 'upstream' } : right()
  }
  const ordered = await order('/admin/foundation-sync')
  await until(async () => (asked.size > PAGES / 2 ? true : null), { what: 'half of the pages were read' })
  await place.killed(settings)
  isStuck = false
  const first = await place.done(ordered)
  expect(first).toMatchObject({ state: 'done', tally: { rejected: 0, stale: 0 } })
  expect(written(first, 'inserted')).toEqual(rowsOf(world))
  expect(Object.values(written(first, 'unchanged')).every((rows) => rows === 0)).toBe(true)
  expect(await storedIn(place)).toEqual(rowsOf(world))

  // Orders with other lines than before: those that they had are swept, and nothing is, or is counted, twice.
  asked.clear()
  begun = 0
  world.nowMs = Date.now() - 60_000
  const before = rowsOf(world)
  for (const id of [...world.orders.keys()].slice(0, 40)) world.putOrder(id)
  const changed = await place.done(await order('/admin/incremental-sync'))
  expect(asked.size).toBe(2)
  // One walk for all of them. A page is asked for once more where the work on it was taken up anew.
  expect(begun).toBeLessThan(Object.keys(before).length / 2)
  // What was read is held against some orders as they are alone: all that they have.
  const sampled = changed.integrity?.filter(({ name }) => name === 'rows as their source has them') ?? []
  expect(sampled.map(({ table }) => table)).toEqual(expect.arrayContaining(['orders', 'order_line_items', 'tenders']))
  for (const { expected, found } of sampled) expect([expected > 0, found]).toEqual([true, expected])
  expect(changed.integrity?.filter(({ ok }) => !ok)).toEqual([])
  expect(await storedIn(place)).toEqual(rowsOf(world))
  const grown = Object.entries(rowsOf(world)).map(([table, rows]) => [table, rows - (before[table] ?? 0)])
  const deleted = written(changed, 'deleted')
  const inserted = written(changed, 'inserted')
  expect(Object.keys(inserted).map((table) => [table, (inserted[table] ?? 0) - (deleted[table] ?? 0)])).toEqual(grown)
  expect(deleted.order_line_items).toBeGreaterThan(0)
  const state = await place.query('SELECT table_name, records_synced FROM sync_state ORDER BY table_name')
  expect(state).toHaveLength(9)

  await place.done((await place.rollback(changed.id)).body as RunView)
  expect(await storedIn(place)).toEqual(before)
})

test('a walk that is killed between the sweeps of two tables is not read again, and each sweep counts once', async () => {
  await using opening = new AsyncDisposableStack()
  const { world, square, settings, place, order } = await opened(opening)
  await place.done(await order('/admin/foundation-sync'))
  world.nowMs = Date.now() - 60_000
  const before = rowsOf(world)
  const parted = [...world.orders.values()].filter(({ fulfillments }) => fulfillments !== undefined).map(({ id }) => id)
  for (const id of [...world.orders.keys()].slice(0, 40)) world.putOrder(id)
  for (const id of parted) {
    world.putOrder(id)
    delete world.orders.get(id)?.fulfillments
  }
  let walks = 0
  square.meddle = (right, { url, body }) => {
    if (url.pathname === '/v2/orders/search' && (body as { cursor?: string }).cursor === undefined) walks++
    return right()
  }
  // The rows that go with the second sweep are somebody else's for as long as it takes.
  const { connection } = place.database
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  await connection.beginTransaction()
  const ids = parted.map((id) => `'${id}'`)
  await connection.query(`SELECT row_id FROM order_fulfillments WHERE order_id IN (${ids}) FOR UPDATE`)
  const ordered = await order('/admin/incremental-sync')
  const swept = async () => {
    const run = (await place.runs()).find(({ id }) => id === ordered.id)
    return (run?.writes['order_line_items deleted'] ?? 0) > 0 ? true : null
  }
  await until(swept, { what: 'the first table is swept' })
  await place.killed(settings)
  await connection.rollback()
  const run = await place.done(ordered)
  expect(run).toMatchObject({ state: 'done', tally: { rejected: 0 } })
  expect(run.rows).toBe(run.rows_done)
  expect(walks).toBe(1)
  expect(await storedIn(place)).toEqual(rowsOf(world))
  expect(written(run, 'deleted').order_fulfillments).toBe(parted.length)
  const grown = Object.entries(rowsOf(world)).map(([table, rows]) => [table, rows - (before[table] ?? 0)])
  const [deleted, inserted] = [written(run, 'deleted'), written(run, 'inserted')]
  expect(Object.keys(inserted).map((table) => [table, (inserted[table] ?? 0) - (deleted[table] ?? 0)])).toEqual(grown)
})
