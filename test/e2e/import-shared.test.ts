// Price lists and a Square account in one database: both fill catalog_items, and neither touches the other's rows.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { ImportPlace } from '../support/import-place.ts'
import { ScriptedSquare, SQUARE_TOKEN } from '../support/scripted-square.ts'
import { SquareWorld } from '../support/square-world.ts'

const PRICES = { sourceType: 'csv', sourceIdentifier: 'prices.csv', options: { targetTable: 'catalog_items' } }

test('each connector brings, sweeps, checks, takes back and forgets its own rows alone', async () => {
  const world = new SquareWorld({ orders: 10 })
  await using square = await ScriptedSquare.open(world)
  await using place = await ImportPlace.open({
    MILLRACE_CONNECTORS: 'content,square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: '10000',
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  })
  const rows = () => place.query('SELECT source, COUNT(*) AS held FROM catalog_items GROUP BY source ORDER BY source')
  const items = [...world.catalog.values()].filter(({ type, is_deleted }) => type === 'ITEM' && is_deleted !== true)
  const both = [
    { source: 'content', held: 2 },
    { source: 'square', held: items.length },
  ]
  const done = async (asked: Promise<{ body: unknown }>) => {
    const run = await place.done((await asked).body as RunView)
    expect(run).toMatchObject({ state: 'done', tally: { rejected: 0 } })
    expect((run.integrity ?? []).filter(({ ok }) => !ok)).toEqual([])
    return run
  }
  const foundation = () => done(place.post('/admin/foundation-sync', { data_types: ['locations', 'catalog'] }))
  await writeFile(join(place.folder, 'prices.csv'), 'external_id,name,price\n1,Soup,4.50\n2,Bread,2.00\n')
  const list = await done(place.ask(PRICES))
  // What it sweeps are rows that Square has no more, and not those that it never had.
  const first = await foundation()
  expect(first.writes).toMatchObject({ 'catalog_items inserted': items.length })
  expect(first.writes).not.toHaveProperty('catalog_items deleted')
  expect(await rows()).toEqual(both)
  expect(await foundation()).toMatchObject({ tally: { applied: 0 } })
  // The same file again is known to be the same, whatever came in between.
  expect(await done(place.ask(PRICES))).toMatchObject({ writes: { 'catalog_items unchanged': 2 } })
  expect(await place.query("SELECT connector FROM sync_state WHERE table_name = 'catalog_items' ORDER BY 1")).toEqual([
    { connector: 'content' },
    { connector: 'square' },
  ])
  await done(place.rollback(first.id))
  expect(await rows()).toEqual(both.slice(0, 1))
  await foundation()
  await done(place.rollback(list.id))
  expect(await rows()).toEqual(both.slice(1))
})

test('rows of Square come from Square, and what only one of two connectors can bring goes to that one', async () => {
  await using place = await ImportPlace.open({
    MILLRACE_CONNECTORS: 'square,content',
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
  })
  await writeFile(join(place.folder, 'prices.csv'), 'external_id,name,price\n1,Soup,4.50\n')
  const run = await place.done(await place.trigger(PRICES))
  expect(run).toMatchObject({ state: 'done', connector: 'content' })
  const orders = { ...PRICES, options: { targetTable: 'orders' } }
  expect(await place.ask(orders)).toMatchObject({
    status: 400,
    body: { error: { code: 'IMPORT_INVALID', message: 'orders is filled by square, and from no csv' } },
  })
  // A key that another source's row has is no reason to write over that row.
  const [held] = (await place.query('SELECT id FROM catalog_items')) as { id: string }[]
  await place.database.query("UPDATE catalog_items SET source = 'square'")
  await writeFile(join(place.folder, 'prices.csv'), 'external_id,name,price\n1,Stew,4.50\n')
  expect(await place.done(await place.trigger(PRICES))).toMatchObject({ state: 'done', tally: { rejected: 1 } })
  expect(await place.query('SELECT id, name FROM catalog_items')).toEqual([{ id: held?.id, name: 'Soup' }])
  // Whoever takes tables back takes those of others with the last rows only.
  await place.millrace({ MILLRACE_CONNECTORS: 'content' })
  await place.post('/admin/table-migration', { direction: 'down' })
  expect(await place.query('SELECT source FROM catalog_items')).toEqual([{ source: 'square' }])
})
