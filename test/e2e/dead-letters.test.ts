// Dead letters in people's hands: a cause that is mended, what waited retried over HTTP and on the command line, each
// change once and in the order of its row, whatever is asked twice or killed.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AuditView } from '../../src/control/audit-view.ts'
import type { DeadLetterView, DeadListView } from '../../src/control/dead-view.ts'
import type { FlowView } from '../../src/control/flow-view.ts'
import type { RunView } from '../../src/control/run-view.ts'
import { runCommand } from '../support/command.ts'
import { expectFeedbackEqual } from '../support/equality.ts'
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts'
import { freshName } from '../support/fresh-name.ts'
import { logEnds } from '../support/log-ends.ts'
import { Millrace, type Settings } from '../support/millrace.ts'
import { RestaurantDatabase } from '../support/restaurant-database.ts'
import { RestaurantTable } from '../support/restaurant-table.ts'
import { Runs } from '../support/runs.ts'
import { sharedDynoxide, sharedMysql } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

const FRAGILE = new URL('../support/connectors/fragile.ts', import.meta.url).pathname

interface Place {
  readonly opened: AsyncDisposableStack
  readonly database: FreshDatabase
  readonly table: RestaurantTable
  readonly settings: Settings
}

async function place(connector: 'FEEDBACK' | 'FRAGILE'): Promise<Place> {
  const opened = new AsyncDisposableStack()
  onTestFinished(() => opened.disposeAsync())
  const folder = await mkdtemp(join(tmpdir(), 'millrace-dead-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const database = opened.use(await freshDatabase(await sharedMysql()))
  const endpoint = (await sharedDynoxide()).url
  const table = opened.use(await RestaurantTable.create(endpoint, freshName('dead')))
  const settings = {
    MILLRACE_MYSQL_URL: database.url,
    MILLRACE_DYNAMODB_ENDPOINT: endpoint,
    MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
    [`MILLRACE_${connector}_TABLE`]: table.name,
    AWS_REGION: 'eu-central-1',
  }
  return { opened, database, table, settings }
}

async function fragilePlace(): Promise<Place> {
  const { settings, ...rest } = await place('FRAGILE')
  await rest.database.query('CREATE TABLE stock (id INT PRIMARY KEY, name VARCHAR(60), amount INT)')
  return { ...rest, settings: { ...settings, MILLRACE_CONNECTORS: FRAGILE } }
}

class Dead extends Runs {
  async all(query = ''): Promise<DeadListView> {
    return (await this.ask('GET', `/api/dead${query}`)).body as DeadListView
  }

  async wouldRetry(body: object): Promise<object> {
    const answer = await this.ask('POST', '/api/dead/retry', { ...body, dry_run: true })
    expect(answer.status).toBe(200)
    return answer.body as object
  }

  /** Once there are that many. */
  count(total: number, query = ''): Promise<DeadListView> {
    const ask = async () => {
      const found = await this.all(query)
      return found.total === total ? found : null
    }
    return until(ask, { what: `${total} dead letters` })
  }

  async retry(body: object): Promise<RunView> {
    const answer = await this.ask('POST', '/api/dead/retry', body)
    expect(answer).toMatchObject({ status: 202, body: { kind: 'retry' } })
    return answer.body as RunView
  }
}

const refusing = { MILLRACE_FRAGILE_REFUSES: 'bad' }
const OFFER = "INSERT INTO stock VALUES (1, 'bad', 1), (2, 'bad 2', 1), (3, 'good', 1)"

test('a connector that fails is mended: what waited is applied in order, counted once, and live changes go on', async () => {
  const { opened, database, table, settings } = await fragilePlace()
  const changes = async () => (await table.items(/^ALL$/u))[0]?.changes
  const changesAre = (count: number) =>
    until(async () => ((await changes()) === count ? true : null), { what: `${count} changes` })
  const item = async (id: number) => (await table.items(new RegExp(`^${id}$`, 'u')))[0]
  {
    const millrace = opened.use(await (await Millrace.start({ ...settings, ...refusing })).ready())
    const dead = new Dead(millrace)
    await database.query(OFFER)
    await database.query("UPDATE stock SET name = 'mended', amount = 2 WHERE id = 1")
    const { letters, reasons } = await dead.count(3)
    expect(reasons).toEqual(
      expect.arrayContaining([
        { reason: 'cannot be mapped: no name for bad', count: 1 },
        { reason: 'behind an earlier event of its row', count: 1 },
      ]),
    )
    // With this the first reader's account of what it has counted moves past the dead.
    await database.query('UPDATE stock SET amount = 2 WHERE id = 3')
    await changesAre(2)
    const behind = letters.find(({ reason }) => reason.startsWith('behind '))!
    const { body } = await dead.ask('GET', `/api/dead/${behind.id}`)
    expect(body as DeadLetterView).toMatchObject({
      ...{ table: 'stock', op: 'update', key: { id: 1 }, attempts: 1, connector: 'fragile' },
      ...{ before: { id: 1, name: 'bad', amount: 1 }, after: { id: 1, name: 'mended', amount: 2 } },
    })
    const unmended = { dry_run: true, rows: 2, rows_exact: true, sample: { rows: 1, rejected: 1 } }
    expect(await dead.wouldRetry({ connector: 'fragile', ids: [behind.id] })).toMatchObject(unmended)
    const again = await dead.done(await dead.retry({ connector: 'fragile', ids: [behind.id] }))
    expect(again).toMatchObject({ state: 'done', tally: { applied: 0, rejected: 1 } })
    const tried = (await dead.all('?table=stock&reason=no%20name')).letters.map(({ attempts }) => attempts)
    expect(tried.toSorted()).toEqual([1, 2])
    expect(await changes()).toBe(2)
    await millrace.stop()
  }
  const dead = new Dead(opened.use(await (await Millrace.start(settings)).ready()))
  const untouched = async () => {
    const ends = await logEnds(settings.MILLRACE_LOG ?? '', database.name, ['stock'])
    return { ends, items: await table.items(), listed: await dead.all() }
  }
  const before = await untouched()
  const forecast = { dry_run: true, rows: 3, rows_exact: true, sample: { rows: 3, applied: 3 }, write_units: 6 }
  expect(await dead.wouldRetry({ connector: 'fragile' })).toMatchObject(forecast)
  expect(await untouched()).toEqual(before)
  const run = await dead.done(await dead.retry({ connector: 'fragile' }))
  expect(run).toMatchObject({ state: 'done', rows: 3, rows_expected: 3, tally: { applied: 3, rejected: 0 } })
  expect((await dead.all()).total).toBe(0)
  expect([await item(1), await item(2), await changes()]).toMatchObject([
    { name: 'mended', amount: 2 },
    { amount: 1 },
    5,
  ])
  await database.query('UPDATE stock SET amount = 9 WHERE id = 1')
  await changesAre(6)
  expect(await item(1)).toMatchObject({ amount: 9 })
  expect(await dead.done(await dead.retry({ connector: 'fragile' }))).toMatchObject({ rows: 0 })
  expect(await changes()).toBe(6)
})

test('killed amid a retry, another process goes on: totals and the tally of the run hold each comment once', async () => {
  const { opened, database, table, settings } = await place('FEEDBACK')
  const site = opened.use(await RestaurantDatabase.create(database.adminUrl))
  const venue = await site.venue('Bella Vista')
  const sessions = Array.from({ length: 600 }, (_, index) => 1_000 + index)
  {
    const millrace = opened.use(await (await Millrace.start(settings)).ready())
    for (const session of sessions) await site.comment(session, { rating: 1 + (session % 5) })
    await new Dead(millrace).count(600)
    const rows = sessions.map((session) => `(${session}, ${venue})`).join()
    await database.query(`INSERT INTO datasession (iddatasession, idclient) VALUES ${rows}`)
    const run = await new Dead(millrace).retry({ connector: 'feedback', table: 'comment' })
    await until(async () => (Number((await table.restaurant(venue))?.total_comments ?? 0) > 0 ? true : null), {
      what: 'the first comment',
      everyMs: 1,
    })
    await millrace.kill()
    const second = opened.use(await (await Millrace.start(settings)).ready())
    const over = await new Dead(second).done(run)
    expect(over).toMatchObject({ state: 'done', rows: 600, rows_done: 600, tally: { applied: 600, rejected: 0 } })
    const twice = await new Dead(second).retry({ connector: 'feedback' })
    expect(await new Dead(second).done(twice)).toMatchObject({ rows: 0 })
  }
  expect(await table.restaurant(venue)).toMatchObject({ total_comments: 600, rating_count: 600, rating_sum: 1_800 })
  await expectFeedbackEqual(site, table)
})

test('a request that names what there is not changes nothing, and says what is wrong', async () => {
  const { opened, database, settings } = await fragilePlace()
  const dead = new Dead(opened.use(await (await Millrace.start({ ...settings, ...refusing })).ready()))
  await database.query(OFFER)
  const ids = (await dead.count(2)).letters.map(({ id }) => id)
  const retry = ['POST', '/api/dead/retry'] as const
  const drop = ['POST', '/api/dead/drop'] as const
  const refused = [
    [404, 'DEAD_LETTER_UNKNOWN', 'GET', '/api/dead/fragile:x:0:1'],
    [400, 'REQUEST_INVALID', 'GET', '/api/dead/nonsense'],
    [400, 'REQUEST_INVALID', 'GET', '/api/dead?limit=100000'],
    [400, 'REQUEST_INVALID', 'GET', '/api/dead?before=yesterday'],
    [400, 'REQUEST_INVALID', 'GET', '/api/dead?before=1@nonsense'],
    [400, 'REQUEST_INVALID', 'GET', '/api/dead?colour=red'],
    [400, 'SCOPE_INVALID', 'GET', '/api/dead?connector=fragil'],
    [400, 'SCOPE_INVALID', 'GET', '/api/dead?table=stok'],
    [400, 'REQUEST_INVALID', ...retry, {}],
    [400, 'REQUEST_INVALID', ...retry, { connector: 'fragile', ids: [] }],
    [400, 'REQUEST_INVALID', ...retry, { connector: 'fragile', ids: 'all' }],
    [400, 'REQUEST_INVALID', ...retry, { connector: 'fragile', everything: true }],
    [400, 'REQUEST_INVALID', ...retry, { connector: 'fragile', dry_run: 1 }],
    [400, 'SCOPE_INVALID', ...retry, { connector: 'fragil' }],
    [400, 'SCOPE_INVALID', ...retry, { connector: 'fragil', dry_run: true }],
    [400, 'SCOPE_INVALID', ...retry, { connector: 'fragile', table: 'stok' }],
    [400, 'SCOPE_INVALID', ...retry, { connector: 'fragile', ids, reason: 'bad' }],
    [400, 'SCOPE_INVALID', ...retry, { connector: 'fragile', ids: ['other:x:0:1'] }],
    [404, 'DEAD_LETTER_UNKNOWN', ...retry, { connector: 'fragile', ids: [ids[0], 'fragile:x:0:1'] }],
    [400, 'REQUEST_INVALID', ...drop, { ids }],
    [400, 'REQUEST_INVALID', ...drop, { ids, note: '  ' }],
    [400, 'REQUEST_INVALID', ...drop, { ids: [], note: 'test rows' }],
    [400, 'REQUEST_INVALID', ...drop, { ids: [7], note: 'test rows' }],
    [400, 'REQUEST_INVALID', ...drop, { ids, note: 'test rows', dry_run: 'yes' }],
    [400, 'REQUEST_INVALID', ...drop, { ids, dry_run: true }],
    [404, 'DEAD_LETTER_UNKNOWN', ...drop, { ids: [ids[0], 'fragile:x:0:1'], note: 'test rows' }],
    [404, 'DEAD_LETTER_UNKNOWN', ...drop, { ids: ['fragile:x:0:1'], note: 'test rows', dry_run: true }],
  ] as const
  for (const [status, code, method, path, body] of refused) {
    const says = { code, message: expect.stringMatching(/\S/u), hint: expect.stringMatching(/\S/u) }
    expect(await dead.ask(method, path, body), `${path} ${JSON.stringify(body)}`).toEqual({
      status,
      body: { error: says },
    })
  }
  expect(await dead.ask(...drop, { ids, note: 'test rows', dry_run: true })).toEqual({
    status: 200,
    body: { dry_run: true, would_drop: ids.toSorted() },
  })
  expect((await dead.all()).total).toBe(2)
  expect(await dead.list()).toEqual([])
  expect(await dead.ask(...drop, { ids, note: 'test rows' })).toMatchObject({
    status: 200,
    body: { dropped: ids.toSorted() },
  })
  expect((await dead.all()).total).toBe(0)
})

test('on the command line: listed, shown, retried, dropped', async () => {
  const { opened, database, settings } = await fragilePlace()
  const dead = new Dead(opened.use(await (await Millrace.start({ ...settings, ...refusing })).ready()))
  await database.query(OFFER)
  const [letter, other] = (await dead.count(2)).letters
  const run = async (...args: readonly string[]) => {
    const { code, out } = await runCommand(['dead', ...args, '--json'], settings)
    return { code, said: JSON.parse(out) }
  }
  expect(await run('list', '--reason', 'bad 2')).toMatchObject({ code: 0, said: { total: 1 } })
  expect(await run('show', letter!.id)).toMatchObject({ code: 0, said: { id: letter!.id, after: { amount: 1 } } })
  const forecast = { dry_run: true, rows: 1, sample: { rows: 1, applied: 1, rejected: 0 } }
  expect(await run('retry', '--reason', 'bad 2', '--dry-run')).toMatchObject({ code: 0, said: forecast })
  expect(await run('drop', letter!.id, '--note', 'a test', '--dry-run')).toEqual({
    code: 0,
    said: { dry_run: true, would_drop: [letter!.id] },
  })
  expect(await run('drop', letter!.id)).toMatchObject({ code: 2, said: { error: { code: 'COMMAND_INVALID' } } })
  expect(await run('drop', 'fragile:x:0:1', '--note', 'a test')).toMatchObject({
    code: 3,
    said: { error: { code: 'DEAD_LETTER_UNKNOWN' } },
  })
  expect((await dead.all()).total).toBe(2)
  expect(await dead.list()).toEqual([])
  expect(await run('drop', letter!.id, '--note', 'a test')).toEqual({ code: 0, said: { dropped: [letter!.id] } })
  // The process that carries it out still refuses the name.
  const { code, said } = await run('retry', other!.id)
  expect({ code, said }).toMatchObject({ code: 0, said: { tally: { rejected: 1 } } })
  const watched = await runCommand(['runs', 'watch', said.id, '--json'], settings)
  expect({ code: watched.code, said: JSON.parse(watched.out) }).toEqual({ code: 0, said })
  expect((await dead.all()).letters).toMatchObject([{ id: other!.id, attempts: 2 }])
  const { entries } = (await dead.ask('GET', '/api/audit')).body as AuditView
  expect(entries).toMatchObject([
    { by: 'command line', action: 'order', kind: 'retry', run: said.id, details: { letters: 1 } },
    { by: 'command line', action: 'drop', run: null, details: { letters: 1, ids: [letter!.id], note: 'a test' } },
  ])
  const flow = (await dead.ask('GET', '/api/flow')).body as FlowView
  expect(flow.flows).toMatchObject([{ connector: 'fragile', dead_letters: 1 }])
  expect(flow.troubles).toMatchObject([
    { severity: 'warning', what: 'fragile has 1 dead letter', command: 'millrace dead list --connector fragile' },
  ])
})
