// What the clock orders, for people: when it is due, what came of it, and to have it at once.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import type { ScheduleView } from '../../src/control/schedule-view.ts'
import { ImportPlace } from '../support/import-place.ts'
import type { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const dialect = { delimiter: ',', quote: '"', hasHeader: true }
const from = { kind: 'csv', file: 'songs.csv', dialect, mapping: {}, constants: { content_type: 'music' } }
const schedule = (cron: string) => ({
  MILLRACE_CONTENT_SCHEDULES: JSON.stringify([
    { name: 'songs', cron, zone: 'Europe/Madrid', imports: [{ table: 'content_index', from }] },
  ]),
})
const SONGS = '/api/schedules/content%2Fsongs'

const listed = async (as: Runs) => (await as.ask('GET', '/api/schedules')).body as readonly ScheduleView[]

test('a schedule says when it is due, and is done at once when somebody wants it, never twice at a time', async () => {
  const tokens = 'ann:viewer:viewer-token-of-a-test,bob:operator:operator-token-of-a-test'
  await using place = await ImportPlace.open({ ...schedule('0 4 1 1 *'), MILLRACE_TOKENS: tokens })
  const [ann, bob] = [place.as('viewer-token-of-a-test'), place.as('operator-token-of-a-test')]
  const [songs, again] = await listed(ann)
  expect(songs).toMatchObject({
    ...{ id: 'content/songs', connector: 'content', cron: '0 4 1 1 *', time_zone: 'Europe/Madrid' },
    imports: [{ table: 'content_index', from: 'songs.csv' }],
    ...{ last_at: null, last_run: null, is_under_way: false },
  })
  expect(songs?.next_at).toMatch(/^\d{4}-01-01T03:00:00\.000Z$/u)
  expect(again).toMatchObject({ id: 'import-retry', connector: null, imports: [], cron: '0 3 * * *', time_zone: 'UTC' })

  const rows = Array.from({ length: 2_000 }, (_, row) => `${row},Song ${row}\n`)
  await writeFile(join(place.folder, 'songs.csv'), `external_id,title\n${rows.join('')}`)
  expect(await ann.ask('POST', `${SONGS}/run`)).toMatchObject({ status: 403 })
  const first = await bob.ask('POST', `${SONGS}/run`)
  const {
    runs: [run],
  } = first.body as { runs: readonly [RunView] }
  expect([first.status, run.kind, run.by]).toEqual([202, 'import', 'bob'])
  await bob.set(run.id, { limits: { rows_per_second: 1 } })
  expect(await bob.ask('POST', `${SONGS}/run`)).toMatchObject({ status: 202, body: { runs: [{ id: run.id }] } })
  expect((await listed(ann))[0]).toMatchObject({ is_under_way: true, last_run: { id: run.id } })
  await bob.set(run.id, { limits: { rows_per_second: null } })
  await bob.done(run)
  const [done] = await listed(ann)
  expect(done).toMatchObject({
    is_under_way: false,
    last_at: null,
    last_run: { id: run.id, state: 'done', rows: 2_000 },
  })
  expect(await bob.ask('POST', '/api/schedules/nothing/run')).toMatchObject({
    status: 404,
    body: { error: { code: 'SCHEDULE_UNKNOWN' } },
  })
})

test('what the clock has ordered, and when, is told', async () => {
  await using place = await ImportPlace.open(schedule('* * * * * *'))
  const as = place.as('nobody asks for it')
  await writeFile(join(place.folder, 'songs.csv'), 'external_id,title\n1,Song\n')
  const ordered = await until(
    async () => {
      const [songs] = await listed(as)
      return songs?.last_run?.state === 'done' && songs.last_at !== null ? songs : null
    },
    { what: 'the clock has ordered an import' },
  )
  expect(ordered.last_run?.by).toBe('schedule content/songs')
  expect(Math.abs(Date.parse(ordered.last_at ?? '') - Date.now())).toBeLessThan(60_000)
})
