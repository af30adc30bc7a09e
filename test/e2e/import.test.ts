// Files from outside arrive in MySQL, by request and by command, and go on from there.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { runCommand } from '../support/command.ts'
import { freshName } from '../support/fresh-name.ts'
import { ImportPlace } from '../support/import-place.ts'
import { sharedDynoxide } from '../support/shared-server.ts'
import { StreamTable } from '../support/stream-table.ts'
import { until } from '../support/until.ts'

const SONGS =
  'song_name,artist_name,music_genre\nCaminito,"Gardel, Carlos",tango\nGracias a la vida,Violeta Parra,\n,nobody,none\n'

test('the curl example of a CSV file works as written', async () => {
  await using place = await ImportPlace.open()
  await writeFile(join(place.folder, 'music_catalog.csv'), SONGS)
  const asked = {
    sourceType: 'csv',
    sourceIdentifier: join(place.folder, 'music_catalog.csv'),
    options: {
      targetTable: 'content_index',
      contentType: 'music',
      hasHeader: true,
      columnMapping: { title: 'song_name', artist: 'artist_name', genre: 'music_genre' },
    },
  }
  const run = await place.done(await place.trigger(asked))
  expect(run).toMatchObject({ state: 'done', rows: 3, tally: { applied: 2, rejected: 1 } })
  expect(run.writes).toMatchObject({ 'content_index inserted': 2, 'set aside validation': 1 })
  expect(await place.query('SELECT status, items_read, items_inserted, items_failed FROM sync_runs')).toEqual([
    { status: 'done', items_read: 3, items_inserted: 2, items_failed: 1 },
  ])
  expect(await place.query('SELECT source_row, category, is_retryable, reason, row_text FROM sync_errors')).toEqual([
    { source_row: 4, category: 'validation', is_retryable: 0, reason: 'title is missing', row_text: ',nobody,none' },
  ])
  expect(await place.query('SELECT table_name, records_synced FROM sync_state')).toEqual([
    { table_name: 'content_index', records_synced: 2 },
  ])
  const rows = await place.query('SELECT content_type, title, artist, genre FROM content_index ORDER BY title')
  expect(rows).toEqual([
    { content_type: 'music', title: 'Caminito', artist: 'Gardel, Carlos', genre: 'tango' },
    { content_type: 'music', title: 'Gracias a la vida', artist: 'Violeta Parra', genre: null },
  ])
})

test('a path outside the folder of imports is refused, and changes nothing', async () => {
  await using place = await ImportPlace.open()
  await mkdir(join(place.folder, 'inside'))
  for (const file of ['/etc/passwd', '../x.csv', 'missing.csv', 'inside']) {
    const answer = await place.ask({ sourceType: 'csv', sourceIdentifier: file, options: { contentType: 'x' } })
    expect(answer.status).toBe(400)
  }
  expect(await place.runs()).toEqual([])
})

test('what changed is written, what did not is left alone, and an older import never overwrites a newer one', async () => {
  await using place = await ImportPlace.open()
  const file = join(place.folder, 'prices.csv')
  const importing = async (text: string, more: object = {}) => {
    await writeFile(file, text)
    const asked = {
      sourceType: 'csv',
      sourceIdentifier: 'prices.csv',
      options: { targetTable: 'catalog_items' },
      ...more,
    }
    const { writes, tally } = await place.done(await place.trigger(asked))
    return { ...tally, ...writes }
  }
  await writeFile(file, 'external_id,name,price\n1,Soup,4.50\n2,Bread,x\n')
  const dry = await place.ask({
    sourceType: 'csv',
    sourceIdentifier: 'prices.csv',
    options: { targetTable: 'catalog_items' },
    dry_run: true,
  })
  expect(dry).toMatchObject({ status: 200, body: { rows: 2, rows_exact: true, sample: { applied: 1, rejected: 1 } } })
  expect(await place.runs()).toEqual([])
  const first = await importing('external_id,name,price\n1,Soup,4.50\n2,Bread,2\n3,Wine,9.9\n')
  expect(first).toMatchObject({ applied: 3, 'catalog_items inserted': 3 })
  // Byte for byte what was imported last: nothing is read of it, unless that is asked for.
  const same = await importing('external_id,name,price\n1,Soup,4.50\n2,Bread,2\n3,Wine,9.9\n')
  expect(same).toMatchObject({ exists: 3, 'catalog_items unchanged': 3 })
  expect(same).not.toHaveProperty('merge exists')
  const forced = await importing('external_id,name,price\n1,Soup,4.50\n2,Bread,2\n3,Wine,9.9\n', { force: true })
  expect(forced).toMatchObject({ exists: 3, 'merge exists': 3 })
  const again = await importing('external_id,name,price\n1,Soup,4.5\n2,Bread,2.00\n3,Wine,9.90\n')
  expect(again).toMatchObject({ applied: 0, exists: 3, 'catalog_items unchanged': 3 })
  const changed = await importing('external_id,name,price\n1,Soup,4.50\n2,Bread,2.50\n2,Bread,3\n4,Tea,1\n')
  expect(changed).toMatchObject({
    rejected: 1,
    'catalog_items inserted': 1,
    'catalog_items updated': 1,
    'catalog_items unchanged': 1,
  })
  expect(await place.query('SELECT external_id, name, price FROM catalog_items ORDER BY external_id')).toEqual([
    { external_id: '1', name: 'Soup', price: '4.50' },
    { external_id: '2', name: 'Bread', price: '2.50' },
    { external_id: '3', name: 'Wine', price: '9.90' },
    { external_id: '4', name: 'Tea', price: '1.00' },
  ])
})

test('the third of five imports is taken back: what was touched later stays and is told, all else is as before', async () => {
  await using place = await ImportPlace.open()
  const header = 'external_id,name,price\n'
  const lines = (from: number, to: number, price: number) =>
    Array.from({ length: to - from }, (_, at) => `${from + at},Item ${from + at},${price}\n`).join('')
  const importing = async (text: string) => {
    await writeFile(join(place.folder, 'prices.csv'), header + text)
    const asked = { sourceType: 'csv', sourceIdentifier: 'prices.csv', options: { targetTable: 'catalog_items' } }
    return place.done(await place.trigger(asked))
  }
  const all = () =>
    place.query(
      'SELECT external_id, name, price, HEX(mr_digest) AS digest, mr_run, mr_made FROM catalog_items ORDER BY 0 + external_id',
    )
  await importing(lines(0, 10, 1))
  await importing(lines(5, 15, 2))
  const before = await all()
  // Changes 0 to 4, makes 15 to 19.
  const third = await importing(lines(0, 5, 3) + lines(15, 20, 3))
  await importing('0,Item 0,4\n15,Item 15,4\n')
  await importing('99,Item 99,5\n')
  await place.database.query("UPDATE catalog_items SET price = 77 WHERE external_id IN ('1', '16')")
  const dry = await place.rollback(third.id, { dry_run: true })
  expect(dry.body).toMatchObject({
    undone: 6,
    kept: expect.arrayContaining([
      { table: 'catalog_items', key: expect.any(String), why: 'somebody has changed it since' },
    ]),
  })
  const untouched = await all()
  const answer = await place.rollback(third.id)
  expect(answer.status).toBe(202)
  const run = await place.done(answer.body as RunView)
  expect(run).toMatchObject({ state: 'done', tally: { applied: 6, stale: 4 } })
  const after = await all()
  const of = (rows: readonly object[], ids: readonly string[]) =>
    rows.filter((row) => ids.includes((row as { external_id: string }).external_id))
  const touched = ['0', '1', '15', '16', '99']
  expect(of(after, touched)).toEqual(of(untouched, touched))
  expect(after.filter((row) => !of(after, touched).includes(row))).toEqual(
    before.filter((row) => !of(before, touched).includes(row)),
  )
  expect((await place.query(`SELECT reason FROM sync_errors WHERE sync_run_id = '${run.id}'`)).length).toBe(4)
  expect(await place.query(`SELECT rolled_back_run, rollback_reason FROM sync_runs WHERE id = '${third.id}'`)).toEqual([
    { rolled_back_run: run.id, rollback_reason: 'wrong prices' },
  ])
  expect((await place.rollback(third.id)).status).toBe(409)
  expect((await place.rollback('00000000-0000-4000-8000-000000000000')).status).toBe(404)
})

test('what a connector schedules is imported when it is due, and failed imports go on when they are told to', async () => {
  const from = {
    kind: 'csv',
    file: 'songs.csv',
    dialect: { delimiter: ',', quote: '"', hasHeader: true },
    mapping: {},
    constants: {},
  }
  const every = [{ name: 'songs', cron: '*/2 * * * * *', imports: [{ table: 'content_index', from }] }]
  await using place = await ImportPlace.open({ MILLRACE_CONTENT_SCHEDULES: JSON.stringify(every) })
  // There is nothing to import when it is due first.
  const failed = await until(async () => (await place.runs()).find(({ state }) => state === 'failed') ?? null, {
    what: 'the first import is due, and fails',
  })
  expect(failed).toMatchObject({ kind: 'import', by: 'schedule content/songs', error: { code: 'IMPORT_UNREADABLE' } })
  await writeFile(join(place.folder, 'songs.csv'), 'content_type,title\nmusic,Caminito\n')
  expect(await place.resume()).toMatchObject([{ id: failed.id }])
  expect(await place.done(failed)).toMatchObject({ state: 'done', tally: { applied: 1 } })
})

test('what an import brings into MySQL, changes or takes back goes on to DynamoDB', async () => {
  const { url } = await sharedDynoxide()
  using table = await StreamTable.create(url, { name: freshName('songs'), key: ['id'] })
  const connectors = new URL('../support/connectors/', import.meta.url).pathname
  await using place = await ImportPlace.open({
    MILLRACE_CONNECTORS: `content,${connectors}songs.ts`,
    MILLRACE_DYNAMODB_ENDPOINT: url,
    MILLRACE_SONGS_TABLE: table.name,
  })
  const importing = async (text: string) => {
    await writeFile(join(place.folder, 'songs.csv'), `content_type,external_id,title,artist\n${text}`)
    return place.done(await place.trigger({ sourceType: 'csv', sourceIdentifier: 'songs.csv' }))
  }
  // What was emptied keeps its position for a while.
  const titles = async () =>
    (await table.all()).flatMap(({ title, artist }) => (title === undefined ? [] : [[title, artist]])).toSorted()
  const arrive = (wanted: readonly unknown[]) =>
    until(async () => JSON.stringify(await titles()) === JSON.stringify(wanted) || null, {
      what: `${wanted} in DynamoDB`,
    })
  await importing('music,1,Caminito,Gardel\nmusic,2,Volver,Gardel\n')
  await arrive([
    ['Caminito', 'Gardel'],
    ['Volver', 'Gardel'],
  ])
  const second = await importing(
    'music,1,Caminito,Carlos Gardel\nmusic,2,Volver,Gardel\nmusic,3,Naranjo en flor,Goyeneche\n',
  )
  await arrive([
    ['Caminito', 'Carlos Gardel'],
    ['Naranjo en flor', 'Goyeneche'],
    ['Volver', 'Gardel'],
  ])
  await place.done((await place.rollback(second.id)).body as RunView)
  await arrive([
    ['Caminito', 'Gardel'],
    ['Volver', 'Gardel'],
  ])
})

test('the command imports a file, says what it would do, and takes it back', async () => {
  await using place = await ImportPlace.open()
  await writeFile(join(place.folder, 'prices.csv'), 'nombre;precio\nSopa;4.50\nPan;caro\n')
  const command = (...args: readonly string[]) => runCommand(args, place.settings)
  const options = ['--table', 'catalog_items', '--map', 'name=nombre,price=precio', '--set', 'category=food', '--json']
  const wrong = await command('import', 'prices.csv', ...options)
  expect(wrong).toMatchObject({ code: 3, out: expect.stringMatching(/is the delimiter/u) })
  const dry = await command('import', 'prices.csv', ...options, '--delimiter', ';', '--dry-run')
  expect(JSON.parse(dry.out)).toMatchObject({ rows: 2, sample: { applied: 1, rejected: 1 } })
  const done = await command('import', 'prices.csv', ...options, '--delimiter', ';')
  expect(done).toMatchObject({ code: 0, err: '' })
  const run = JSON.parse(done.out) as RunView
  expect(run).toMatchObject({ state: 'done', tally: { applied: 1, rejected: 1 } })
  expect(await place.query('SELECT category, name, price FROM catalog_items')).toEqual([
    { category: 'food', name: 'Sopa', price: '4.50' },
  ])
  const foreseen = await command('rollback', run.id, '--reason', 'a try', '--dry-run', '--json')
  expect(JSON.parse(foreseen.out)).toEqual({ undone: 1, kept: [] })
  expect(await command('rollback', run.id)).toMatchObject({ code: 2, err: expect.stringMatching(/say why/u) })
  expect(await command('rollback', run.id, '--reason', 'a try')).toMatchObject({ code: 0 })
  expect(await place.query('SELECT name FROM catalog_items')).toEqual([])
})
