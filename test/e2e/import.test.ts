// Files from outside arrive in MySQL, by request and by command, and go on from there.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ImportPlace } from '../support/import-place.ts'

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
  expect(await place.query('SELECT status, items_read, items_inserted, items_failed FROM sync_runs')).toEqual([
    { status: 'done', items_read: 3, items_inserted: 2, items_failed: 1 },
  ])
  expect(await place.query('SELECT source_row, category, is_retryable, reason, row_text FROM sync_errors')).toEqual([
    { source_row: 4, category: 'validation', is_retryable: 0, reason: 'title is missing', row_text: ',nobody,none' },
  ])
  expect(await place.query('SELECT table_name, records_synced FROM sync_state')).toEqual([
    { table_name: 'content_index', records_synced: 3 },
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
  const importing = async (text: string) => {
    await writeFile(file, text)
    const asked = { sourceType: 'csv', sourceIdentifier: 'prices.csv', options: { targetTable: 'catalog_items' } }
    const { writes, tally } = await place.done(await place.trigger(asked))
    return { ...tally, ...writes }
  }
  const first = await importing('external_id,name,price\n1,Soup,4.50\n2,Bread,2\n3,Wine,9.9\n')
  expect(first).toMatchObject({ applied: 3, 'catalog_items inserted': 3 })
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
