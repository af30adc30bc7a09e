// A Square account in MySQL, through the product: all of it first, then what changed; and an API like the one in the example.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { runCommand } from '../support/command.ts'
import { ImportPlace } from '../support/import-place.ts'
import { ScriptedApi } from '../support/scripted-api.ts'
import { ScriptedSquare, SQUARE_TOKEN } from '../support/scripted-square.ts'
import { SquareWorld } from '../support/square-world.ts'
import { until } from '../support/until.ts'

test('the curl example of an API works as written, and its token is nowhere to be seen', async () => {
  const token = 'a-token-that-nobody-may-see'
  const songs = Array.from({ length: 5 }, (_, song) => ({ title: `Song ${song}`, artist: 'Gardel' }))
  await using api = await ScriptedApi.open(({ url, headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { error: 'no' } }
    const page = Number(url.searchParams.get('page'))
    return { body: songs.slice((page - 1) * 2, page * 2) }
  })
  await using place = await ImportPlace.open({ MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(api.url).host })
  const asked = (auth: object) => ({
    sourceType: 'api',
    sourceIdentifier: `${api.url}/music`,
    options: { auth, contentType: 'music', pagination: { enabled: true, type: 'page' } },
  })
  const run = await place.done(await place.trigger(asked({ type: 'bearer', token })))
  expect(run).toMatchObject({ state: 'done', rows: 5, tally: { applied: 5 } })
  expect(await place.query('SELECT title FROM content_index ORDER BY title')).toEqual(
    songs.map(({ title }) => ({ title })),
  )
  expect(await place.ask(asked({ type: 'bearer', token: 'wrong' }))).toMatchObject({
    status: 502,
    body: { error: { code: 'IMPORT_DENIED' } },
  })
  const seen = JSON.stringify([await place.runs(), await place.query('SELECT * FROM sync_runs')]) + place.output
  expect(seen).not.toContain(token)
})

test('the command imports an API with the options of a file and its own, and says what it would do', async () => {
  const token = 'a-token-that-nobody-may-see'
  const songs = Array.from({ length: 5 }, (_, song) => ({ name: `Song ${song}`, by: 'Gardel' }))
  await using api = await ScriptedApi.open(({ url, headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { error: 'no' } }
    const [from, size] = ['start', 'limit'].map((name) => Number(url.searchParams.get(name)))
    return { body: { data: { songs: songs.slice(from, (from ?? 0) + (size ?? 0)) } } }
  })
  await using place = await ImportPlace.open({ MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(api.url).host })
  const file = join(place.folder, 'songs.json')
  const given = { auth: { type: 'bearer', token }, contentType: 'film', columnMapping: { title: 'name' } }
  await writeFile(file, JSON.stringify(given))
  const settings = { ...place.settings, MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(api.url).host }
  const paged = [
    '--pagination',
    'offset',
    '--page-parameter',
    'start',
    '--page-size',
    '2',
    '--items-path',
    'data.songs',
  ]
  const asked = [`${api.url}/music`, '--options', file, '--content-type', 'music', '--map', 'artist=by', ...paged]
  const command = (...more: readonly string[]) => runCommand(['import', ...asked, '--json', ...more], settings)
  const dry = await command('--dry-run')
  expect(JSON.parse(dry.out)).toMatchObject({ rows: 5, sample: { applied: 2 } })
  const done = await command()
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(done.out)).toMatchObject({ state: 'done', tally: { applied: 5 } })
  expect(await place.query('SELECT content_type, title, artist FROM content_index ORDER BY title')).toEqual(
    songs.map(({ name, by }) => ({ content_type: 'music', title: name, artist: by })),
  )
  expect(`${dry.out}${done.out}`).not.toContain(token)
  expect(await command('--delimiter', ';')).toMatchObject({ code: 2, out: expect.stringMatching(/delimiter/u) })
  await writeFile(file, '[1]')
  expect(await command()).toMatchObject({
    code: 2,
    out: expect.stringMatching(/songs.json cannot be read: it is no object/u),
  })
})

test('an address that is not for everybody is refused', async () => {
  await using api = await ScriptedApi.open()
  await using place = await ImportPlace.open()
  const asked = { sourceType: 'api', sourceIdentifier: api.url, options: { contentType: 'music' } }
  expect(await place.ask(asked)).toMatchObject({ status: 400, body: { error: { code: 'IMPORT_ADDRESS_REFUSED' } } })
  expect(api.asked).toEqual([])
})

test('Square: all of it, then only what changed is written', async () => {
  const world = new SquareWorld({ orders: 60 })
  await using square = await ScriptedSquare.open(world)
  await using place = await ImportPlace.open({
    MILLRACE_CONNECTORS: 'square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: '10000',
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  })
  const sync = async (path: string, body: object = {}, amiss: readonly string[] = []) => {
    const run = await place.done((await place.post(path, body)).body as RunView)
    expect(run.integrity?.flatMap(({ ok, name }) => (ok ? [] : [name]))).toEqual(amiss)
    return run
  }
  const first = await sync('/admin/foundation-sync')
  expect(first).toMatchObject({ state: 'done', tally: { rejected: 0, stale: 0 } })
  const checked = first.integrity?.map(({ check, table, name }) => `${check} ${table}: ${name}`)
  expect(checked).toEqual(
    expect.arrayContaining([
      ...['reference orders: location_id is of locations', 'reference order_line_items: order_id is of orders'],
      ...['count catalog_items: rows that the source has', 'sample payments: rows as they were read'],
    ]),
  )
  const items = () =>
    [...world.catalog.values()].filter(({ type, is_deleted }) => type === 'ITEM' && is_deleted !== true)
  const [counts] = await place.query(
    'SELECT (SELECT COUNT(*) FROM orders) AS orders, (SELECT COUNT(*) FROM catalog_items) AS items',
  )
  expect(counts).toEqual({ orders: world.orders.size, items: items().length })
  const again = await sync('/admin/incremental-sync')
  expect(again).toMatchObject({ state: 'done', tally: { applied: 0, rejected: 0 } })
  world.nowMs = Date.now() - 60_000
  const [item] = items()
  world.putItem(String(item?.id), 'A name that is new')
  world.putOrder('an-order-that-is-new')
  const changed = await sync('/admin/incremental-sync')
  expect(changed).toMatchObject({ state: 'done', tally: { rejected: 0 } })
  expect(changed.writes).toMatchObject({ 'orders inserted': 1, 'catalog_items updated': 1 })
  expect(await place.query(`SELECT name FROM catalog_items WHERE id = '${item?.id}'`)).toEqual([
    { name: 'A name that is new' },
  ])
  world.deleteItem(String(item?.id))
  const gone = await sync('/admin/incremental-sync', { data_types: ['catalog'] })
  expect(gone.writes).toMatchObject({ 'catalog_items deleted': 1 })
  expect(await place.query(`SELECT name FROM catalog_items WHERE id = '${item?.id}'`)).toEqual([])
  // What Square has no more, and says nothing of, is swept once all was read; and comes back with a rollback.
  const vendors = async () =>
    (await place.query('SELECT id FROM vendors ORDER BY id')).map((row) => (row as { id: string }).id)
  const before = await vendors()
  expect(before).toEqual(world.vendors.map(({ id }) => id).toSorted())
  const [left] = world.vendors.splice(0, 1)
  // Its variations go on naming it.
  const whole = await sync('/admin/foundation-sync', { data_types: ['catalog'] }, ['vendor_id is of vendors'])
  expect(whole).toMatchObject({ state: 'done', writes: { 'vendors deleted': 1 } })
  expect(await vendors()).toEqual(before.filter((id) => id !== left?.id))
  await place.done((await place.rollback(whole.id)).body as RunView)
  expect(await vendors()).toEqual(before)
  // A row that cannot be read may be one that is held: then nothing is swept.
  const [named] = world.vendors
  const name = named?.name
  Object.assign(named ?? {}, { name: 'x'.repeat(1_000) })
  const [spared] = world.vendors.splice(1, 1)
  const cautious = await sync('/admin/foundation-sync', { data_types: ['catalog'] }, ['rows that the source has'])
  expect(cautious).toMatchObject({ state: 'done', tally: { rejected: 1 } })
  expect(await vendors()).toContain(spared?.id)
  expect(await vendors()).toContain(named?.id)
  Object.assign(named ?? {}, { name })
  // The lines that an order had before go with the change that leaves them out.
  world.nowMs = Date.now() - 30_000
  for (const order of [...world.orders.keys()].slice(0, 5)) world.putOrder(order)
  expect(await sync('/admin/incremental-sync', { data_types: ['orders'] })).toMatchObject({ state: 'done' })
  const lines = await place.query("SELECT CONCAT(order_id, ' ', uid) AS line FROM order_line_items ORDER BY line")
  const wanted = [...world.orders.values()].flatMap((order) =>
    ((order.line_items ?? []) as { uid: string }[]).map(({ uid }) => ({ line: `${order.id} ${uid}` })),
  )
  expect(lines).toEqual(wanted.toSorted((one, other) => (one.line < other.line ? -1 : 1)))
  const status = (await place.get('/admin/sync-status')).body as { table: string; last_run: object }[]
  expect(status).toHaveLength(17)
  expect(status.find(({ table }) => table === 'catalog_items')).toMatchObject({
    last_run: { id: cautious.id, state: 'done' },
  })
  expect(await place.post('/admin/incremental-sync', { data_types: ['catalogue'] })).toMatchObject({ status: 400 })
})

test('a run that failed within a table and goes on sweeps only what it has met in neither half', async () => {
  const world = new SquareWorld({ orders: 1, items: 60 })
  await using square = await ScriptedSquare.open(world)
  await using place = await ImportPlace.open({
    MILLRACE_CONNECTORS: 'square',
    MILLRACE_SQUARE_URL: square.url,
    MILLRACE_SQUARE_TOKEN: SQUARE_TOKEN,
    MILLRACE_SQUARE_REQUESTS_PER_SECOND: '10000',
    MILLRACE_IMPORT_PRIVATE_HOSTS: new URL(square.url).host,
  })
  const order = async () =>
    (await place.post('/admin/foundation-sync', { data_types: ['locations', 'catalog'] })).body as RunView
  const held = () => place.query('SELECT COUNT(*) AS held FROM catalog_vendor_info')
  await place.done(await order())
  const before = await held()
  square.clip = 10
  // The variations come in nine pages, and then once more for what their vendors say of them.
  let pages = 0
  square.meddle = (right, { body }) => {
    if (!JSON.stringify(body ?? '').includes('ITEM_VARIATION') || ++pages !== 14) return right()
    return { status: 400, body: { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'BAD_CURSOR' }] } }
  }
  const run = await order()
  await until(async () => ((await place.runs())[0]?.state === 'failed' ? true : null), { what: 'the run has failed' })
  expect(await place.resume()).toMatchObject([{ id: run.id }])
  const ended = await place.done(run)
  expect(ended).toMatchObject({ state: 'done', tally: { applied: 0 } })
  expect(await held()).toEqual(before)
})
