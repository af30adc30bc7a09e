// Who did what to imports is on record, whoever asked and however.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AuditView } from '../../src/control/audit-view.ts'
import type { RunView } from '../../src/control/run-view.ts'
import { runCommand } from '../support/command.ts'
import { ImportPlace } from '../support/import-place.ts'
import type { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

interface Entry {
  readonly at: string
  readonly who: string
  readonly what: string
  readonly run: string | null
  readonly details: Readonly<Record<string, unknown>>
}

const TOKENS = ['boss', 'maker', 'looker']
const SETTINGS = {
  MILLRACE_TOKENS:
    'boss:admin:boss-token-of-a-test,maker:operator:maker-token-of-a-test,looker:viewer:looker-token-of-a-test',
}
const ASKED = { sourceType: 'csv', sourceIdentifier: 'prices.csv', options: { targetTable: 'catalog_items' } }

async function open() {
  const place = await ImportPlace.open(SETTINGS)
  const as = Object.fromEntries(TOKENS.map((name) => [name, place.as(`${name}-token-of-a-test`)])) as Record<
    string,
    Runs
  >
  return { place, as, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() }
}

const logged = async (by: Runs, query = '') => ((await by.ask('GET', `/api/audit${query}`)).body as AuditView).entries
const entries = async (boss: Runs | undefined) => (await boss?.ask('GET', '/admin/audit'))?.body as readonly Entry[]

test('orders, what people do to runs, and that runs begin and end; nobody but an administrator reads it', async () => {
  await using opened = await open()
  const { place, as } = opened
  await writeFile(join(place.folder, 'prices.csv'), 'external_id,name,price\n1,Soup,4.50\n')
  const run = (await as.maker?.ask('POST', '/v1/sync/trigger', ASKED))?.body as RunView
  await as.looker?.done(run)
  const undone = (await as.boss?.ask('POST', `/admin/rollback/${run.id}`, { reason: 'wrong prices' }))?.body as RunView
  await as.looker?.done(undone)
  const told = (await entries(as.boss)).toReversed()
  const from = ['catalog_items: prices.csv']
  expect(told.map(({ who, what, run: id }) => ({ who, what, run: id }))).toEqual([
    { who: 'start', what: 'table-migration', run: null },
    { who: 'maker', what: 'trigger', run: run.id },
    { who: 'maker', what: 'begun', run: run.id },
    { who: 'maker', what: 'ended', run: run.id },
    { who: 'boss', what: 'rollback', run: undone.id },
    { who: 'boss', what: 'begun', run: undone.id },
    { who: 'boss', what: 'ended', run: undone.id },
  ])
  expect(told[1]?.details).toEqual({ kind: 'import', connector: 'content', from, is_new: true })
  expect(told[3]?.details).toMatchObject({ attempt: 1, state: 'done', error: null })
  expect(told[4]?.details).toMatchObject({ run: run.id, why: 'wrong prices' })
  expect((await as.boss?.ask('GET', '/admin/audit?limit=2'))?.body).toHaveLength(2)
  expect(await as.maker?.ask('GET', '/admin/audit')).toMatchObject({ status: 403 })
  // What people ordered is on record in the log too, for whoever may look.
  expect(await logged(as.looker!)).toMatchObject([
    { by: 'boss', action: 'order', kind: 'rollback', run: undone.id, details: { run: run.id, why: 'wrong prices' } },
    { by: 'maker', action: 'order', kind: 'import', connector: 'content', run: run.id, details: { from } },
  ])
})

test('a run is paused, goes on and is cancelled: each time it is told who wanted it, also from the command line', async () => {
  await using opened = await open()
  const { place, as } = opened
  const lines = Array.from({ length: 2_000 }, (_, row) => `${row},Item ${row},1\n`)
  await writeFile(join(place.folder, 'prices.csv'), `external_id,name,price\n${lines.join('')}`)
  const run = (await as.maker?.ask('POST', '/v1/sync/trigger', ASKED))?.body as RunView
  await as.maker?.set(run.id, { limits: { rows_per_second: 10 } })
  await as.boss?.set(run.id, { state: 'paused' })
  await as.boss?.is(run.id, ['paused'])
  expect((await as.maker?.ask('POST', '/v1/sync/resume'))?.body).toMatchObject([{ id: run.id }])
  const command = await runCommand(['runs', 'cancel', run.id], place.settings)
  expect(command).toMatchObject({ code: 0 })
  await as.boss?.is(run.id, ['cancelled'])
  const told = (await entries(as.boss)).filter(({ what }) => !['begun', 'table-migration'].includes(what)).toReversed()
  expect(told.map(({ who, what, run: id }) => [who, what, id])).toEqual([
    ['maker', 'trigger', run.id],
    ['maker', 'limit', run.id],
    ['boss', 'pause', run.id],
    ['maker', 'resume', run.id],
    ['command line', 'cancel', run.id],
    ['maker', 'ended', run.id],
  ])
  expect(told.at(-1)?.details).toMatchObject({ state: 'cancelled' })
  const deeds = await logged(as.looker!)
  expect(deeds.map(({ by, action, run: id }) => [by, action, id])).toEqual([
    ['command line', 'cancel', run.id],
    ['maker', 'resume', run.id],
    ['boss', 'pause', run.id],
    ['maker', 'limit', run.id],
    ['maker', 'order', run.id],
  ])
  expect(deeds[3]?.details).toMatchObject({ limits: { rowsPerSecond: 10 } })
})

test('what the clock orders is told once', async () => {
  const dialect = { delimiter: ',', quote: '"', hasHeader: true }
  const from = { kind: 'csv', file: 'songs.csv', dialect, mapping: {}, constants: {} }
  const soon = [{ name: 'songs', cron: '* * * * * *', imports: [{ table: 'content_index', from }] }]
  await using place = await ImportPlace.open({ MILLRACE_CONTENT_SCHEDULES: JSON.stringify(soon) })
  const boss = place.as('nobody asks for it')
  const told = await until(
    async () => {
      const ordered = (await entries(boss)).filter(({ what }) => what === 'schedule')
      return ordered.length < 3 ? null : ordered
    },
    { what: 'the clock has ordered three imports' },
  )
  expect(told[0]).toMatchObject({ who: 'schedule content/songs', details: { from: ['content_index: songs.csv'] } })
  const fresh = told.filter(({ details }) => details.is_new).map(({ run }) => run)
  expect(new Set(fresh).size).toBe(fresh.length)
})

test('the record outlives the tables: that they were taken back is told, that they were made again, and all that was before', async () => {
  await using place = await ImportPlace.open()
  const boss = place.as('nobody asks for it')
  const before = await entries(boss)
  expect(before).toMatchObject([{ who: 'start', what: 'table-migration' }])
  for (const direction of ['down', 'up']) {
    expect(await boss.ask('POST', '/admin/table-migration', { direction })).toMatchObject({ status: 200 })
    expect((await entries(boss))[0]).toMatchObject({ who: 'local', what: 'table-migration', details: { direction } })
  }
  expect((await entries(boss)).slice(2)).toEqual(before)
  expect(await logged(boss, '?action=migrate')).toMatchObject([
    { by: 'local', run: null, kind: null, details: { direction: 'up' } },
    { by: 'local', run: null, kind: null, details: { direction: 'down' } },
  ])
})
