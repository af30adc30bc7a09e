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
