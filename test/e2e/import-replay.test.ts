// What is replayed of imports brings nothing back that was taken back or deleted since.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { runCommand } from '../support/command.ts'
import { ImportPlace } from '../support/import-place.ts'
import { ScriptedSquare, SQUARE_TOKEN } from '../support/scripted-square.ts'
import { SquareWorld } from '../support/square-world.ts'

async function replayed(place: ImportPlace, connector: string): Promise<RunView> {
  const answer = await place.post('/api/replays', { connector, scope: {} })
  expect(answer).toMatchObject({ status: 202 })
  const run = await place.done(answer.body as RunView)
  expect(run).toMatchObject({ state: 'done', error: null, tally: { rejected: 0 } })
  return run
}

test('an import that was taken back stays so, and what the others brought comes back where a person has deleted it', async () => {
  await using place = await ImportPlace.open()
  const importing = async (text: string) => {
    await writeFile(join(place.folder, 'prices.csv'), `external_id,name,price\n${text}`)
    const asked = { sourceType: 'csv', sourceIdentifier: 'prices.csv', options: { targetTable: 'catalog_items' } }
    return place.done(await place.trigger(asked))
  }
  const held = () => place.query('SELECT external_id, price FROM catalog_items ORDER BY external_id')
  await importing('1,Soup,4.50\n2,Bread,2\n')
  const before = await held()
  const second = await importing('1,Soup,5\n3,Wine,9\n')
  await place.done((await place.rollback(second.id)).body as RunView)
  expect(await held()).toEqual(before)
  expect(await replayed(place, 'content')).toMatchObject({ tally: { applied: 0, stale: 2 } })
  expect(await held()).toEqual(before)
  await place.database.query("DELETE FROM catalog_items WHERE external_id = '2'")
  expect(await replayed(place, 'content')).toMatchObject({ tally: { applied: 1, stale: 2 } })
  expect(await held()).toEqual(before)
  // Ordered anew it is another import.
  await importing('1,Soup,5\n3,Wine,9\n')
  expect(await held()).toHaveLength(3)
  expect(await place.resume()).toEqual([])
  // There is no table to copy or to compare with.
  for (const path of ['/api/backfills', '/api/verify']) {
    const answer = await place.post(path, { connector: 'content', scope: { table: 'catalog_items' } })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'SCOPE_INVALID' } } })
  }
  const status = await runCommand(['status', '--json'], place.settings)
  expect(JSON.parse(status.out)).toMatchObject({ connectors: [{ connector: 'content', pending: 0 }], advice: [] })
})

test('a row that its source has deleted, or has no more, is not revived by what is older; by a later walk it is', async () => {
  const world = new SquareWorld({ orders: 5 })
  await using square = await ScriptedSquare.open(world)
  await using place = await ImportPlace.open({
    MILLRACE_CONNECTORS: 'square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: '10000',
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  })
  const sync = async (path: string) => {
    const run = await place.done((await place.post(path, { data_types: ['locations', 'catalog'] })).body as RunView)
    expect(run).toMatchObject({ state: 'done', tally: { rejected: 0 } })
    return run
  }
  const ids = async (table: string) =>
    (await place.query(`SELECT id FROM ${table} ORDER BY id`)).map((row) => (row as { id: string }).id)
  await sync('/admin/foundation-sync')
  const [item] = await ids('catalog_items')
  const [vendor] = world.vendors
  world.nowMs = Date.now() - 60_000
  world.deleteItem(String(item))
  world.vendors.splice(0, 1)
  const gone = await sync('/admin/foundation-sync')
  expect(gone.writes).toMatchObject({ 'catalog_items deleted': 1, 'vendors deleted': 1 })
  const items = await ids('catalog_items')
  const vendors = await ids('vendors')
  expect([items.includes(String(item)), vendors.includes(String(vendor?.id))]).toEqual([false, false])
  await replayed(place, 'square')
  expect([await ids('catalog_items'), await ids('vendors')]).toEqual([items, vendors])
  // The same version as before, but Square has it again.
  if (vendor !== undefined) world.vendors.unshift(vendor)
  expect((await sync('/admin/foundation-sync')).writes).toMatchObject({ 'vendors inserted': 1 })
  await place.done((await place.rollback(gone.id)).body as RunView)
  expect(await ids('catalog_items')).toContain(item)
})
