// History that is gone, made up for: the named stop, a person's consent, the gap on record, its repair, and both sides
// equal afterwards, rows that were deleted meanwhile included.

import { expect, onTestFinished, test } from 'vitest'
import type { GapView } from '../../src/control/gap-view.ts'
import type { RunView } from '../../src/control/run-view.ts'
import type { DatabaseServer } from '../../src/stack/database-server.ts'
import { openMariadb } from '../../src/stack/mariadb.ts'
import { openMysql } from '../../src/stack/mysql.ts'
import { runCommand } from '../support/command.ts'
import { expectFeedbackEqual } from '../support/equality.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Millrace, type Settings } from '../support/millrace.ts'
import { notReady } from '../support/parcel-place.ts'
import { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const CREDENTIALS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }
const TABLES = ['client', 'eclub', 'datasession', 'comment']

class Gaps extends Runs {
  async gaps(): Promise<readonly GapView[]> {
    return (await this.ask('GET', '/api/gaps')).body as readonly GapView[]
  }

  async repair(body: object = {}): Promise<RunView> {
    const answer = await this.ask('POST', '/api/gaps/repair', body)
    expect(answer).toMatchObject({ status: 202, body: { kind: 'repair' } })
    return answer.body as RunView
  }
}

/** On a server of its own, whose history the test may purge. */
async function gapPlace(open: () => Promise<DatabaseServer>, settings: Settings = {}): Promise<FeedbackPlace> {
  const server = await open()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const place = await FeedbackPlace.open(settings, server)
  onTestFinished(() => place[Symbol.asyncDispose]())
  return place
}

async function purge({ database }: FeedbackPlace): Promise<void> {
  await database.query('FLUSH BINARY LOGS')
  const purged = async () => {
    const files = await database.query('SHOW BINARY LOGS')
    await database.query(`PURGE BINARY LOGS TO '${files.at(-1)?.Log_name}'`)
    return (await database.query('SHOW BINARY LOGS')).length === 1 ? true : null
  }
  await until(purged, { what: 'older files purged' })
}

/** Stops it, changes rows that nobody captures, purges them, and starts it again with a person's consent. */
async function skipped(
  place: FeedbackPlace,
  { millrace, args = [] }: { readonly millrace: Millrace; readonly args?: readonly string[] },
  change: () => Promise<unknown>,
): Promise<Millrace> {
  expect(await millrace.stop()).toBe(0)
  await change()
  await purge(place)
  const again = await place.millrace([...args, '--skip-gap'])
  await until(async () => (again.output.includes('CHANGES WERE SKIPPED') ? true : null), { what: 'the gap' })
  return again
}

const openGaps = async ({ url }: Millrace): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^millrace_gaps_open\{[^}]*\} (\d+)/mu.exec(metrics)?.[1] ?? Number.NaN)
}

test.each([
  ['MySQL', openMysql],
  ['MariaDB', openMariadb],
])('a purge while stopped, on %s: stopped by name, gap on record, repaired, equal', async (_name, open) => {
  const place = await gapPlace(open)
  const { site, table } = place
  const env = { ...CREDENTIALS, ...place.settings }
  const [kept, gone, back] = [await site.venue('kept'), await site.venue('gone'), await site.venue('back')]
  const first = await place.millrace()
  for (const venue of [kept, gone, back])
    await site.connection.query('UPDATE client SET name = UPPER(name) WHERE idclient = ?', [venue])
  for (let visit = 0; visit < 5; visit++)
    await site.visit(kept, { email: `g${visit}@email.com` }, { rating: visit + 1 })
  await until(async () => ((await table.comments()).length === 5 ? true : null), { what: 'live comments' })
  await until(async () => ((await table.restaurant(back))?.restaurant_name === 'BACK' ? true : null), {
    what: 'venues',
  })
  const [one] = await table.comments()
  await table.put({ ...one!, ai_response: 'Thank you!' })
  await table.put({ ...(await table.restaurant(gone))!, theirs: 'kept' } as never)
  await table.put({ pk: 'RESTAURANT#4711', sk: 'METADATA', restaurant_name: 'not of MySQL' })

  expect(await first.stop()).toBe(0)
  await site.connection.query("UPDATE client SET name = 'renamed' WHERE idclient = ?", [kept])
  await site.connection.query(
    "UPDATE eclub SET firstname = 'Bea', emailaddress = 'bea@email.com' WHERE emailaddress = 'g0@email.com'",
  )
  await site.visit(await site.venue('new'), { email: 'new@email.com' }, { rating: 2 })
  const nameless = await site.session(kept, null)
  await site.comment(nameless, { rating: 4 })
  await site.connection.query('UPDATE datasession SET ideclub = ? WHERE iddatasession = ?', [
    await site.guest({ email: 'late@email.com' }),
    nameless,
  ])
  await site.connection.query('DELETE FROM client WHERE idclient IN (?, ?)', [gone, back])
  await site.connection.query("INSERT INTO client (idclient, name) VALUES (?, 'another')", [back])
  await purge(place)
  {
    await using stopped = await Millrace.start(place.settings)
    await notReady(stopped, 'HISTORY_GONE')
    expect(stopped.output).toMatch(/"code":"HISTORY_GONE".*millrace start --skip-gap.*millrace repair/u)
    expect(JSON.parse((await runCommand(['gaps', '--json'], env)).out)).toEqual([])
    expect(await stopped.stop()).toBe(0)
  }
  const millrace = await place.millrace(['--skip-gap'])
  await until(async () => ((await openGaps(millrace)) === 1 ? true : null), { what: 'an open gap' })
  expect(millrace.output).toMatch(/CHANGES WERE SKIPPED.*`millrace repair`/u)
  const runs = new Gaps(millrace)
  const [gap, ...others] = await runs.gaps()
  expect(others).toEqual([])
  expect(gap).toMatchObject({
    ...{ tables: TABLES, from: expect.stringMatching(/Z$/u), to: expect.stringMatching(/Z$/u) },
    reason: expect.stringContaining('HISTORY_GONE'),
    connectors: [{ connector: 'feedback', tables: TABLES, state: 'open', run: null, repaired_at: null }],
  })
  expect((await runCommand(['gaps'], env)).out).toMatch(/^1 gap\n.*\n.*HISTORY_GONE.*\n {4}feedback open\n$/u)

  const dry = await runCommand(['repair', '--dry-run', '--json'], env)
  const rows = await rowsOf(place)
  expect([dry.code, JSON.parse(dry.out)]).toMatchObject([0, { dry_run: true, rows }])
  expect(await runs.list()).toEqual([])
  const repaired = await runCommand(['repair', '--json'], env)
  expect([repaired.code, repaired.err]).toEqual([0, ''])
  const run = JSON.parse(repaired.out) as RunView
  expect(run).toMatchObject({
    kind: 'repair',
    state: 'done',
    rows: rows + 1,
    rows_done: rows + 1,
    tally: { rejected: 0 },
  })
  expect(run.scope).toEqual({ gaps: [gap!.id], tables: TABLES })
  expect(run.writes).toMatchObject({ 'remove applied': 1 })

  await expectFeedbackEqual(site, table)
  expect(await table.restaurant(gone)).toMatchObject({
    mr_deleted_at: expect.any(String),
    theirs: 'kept',
    restaurant_name: 'GONE',
  })
  expect(await table.restaurant(back)).toMatchObject({ restaurant_name: 'another' })
  expect(await table.restaurant(kept)).toMatchObject({ restaurant_name: 'renamed' })
  const flagged = (await table.items()).filter((item) => 'mr_deleted_at' in item).map(({ pk }) => pk)
  expect(flagged).toEqual([`RESTAURANT#${gone}`])
  expect(await table.restaurant(4711)).toEqual({
    pk: 'RESTAURANT#4711',
    sk: 'METADATA',
    restaurant_name: 'not of MySQL',
  })
  expect((await table.comments()).find(({ sk }) => sk === one!.sk)).toMatchObject({ ai_response: 'Thank you!' })

  expect((await runs.gaps())[0]!.connectors).toEqual([
    {
      connector: 'feedback',
      tables: TABLES,
      state: 'repaired',
      run: run.id,
      repaired_at: expect.stringMatching(/Z$/u),
    },
  ])
  await until(async () => ((await openGaps(millrace)) === 0 ? true : null), { what: 'no open gap' })
  const again = await runCommand(['repair', '--all'], env)
  expect([again.code, again.err]).toEqual([3, expect.stringContaining('NOTHING_TO_REPAIR')])
  const named = await runCommand(['repair', '--gap', gap!.id], env)
  expect([named.code, named.err]).toEqual([3, expect.stringContaining(`the run ${run.id} has repaired`)])
  expect(await runs.list()).toHaveLength(1)
  await site.connection.query("INSERT INTO client (idclient, name) VALUES (?, 'returned')", [gone])
  await until(async () => ((await table.restaurant(gone))?.restaurant_name === 'returned' ? true : null), {
    what: 'it lives',
  })
  expect(await table.restaurant(gone)).not.toHaveProperty('mr_deleted_at')
})

async function rowsOf({ site }: FeedbackPlace): Promise<number> {
  const counts = await Promise.all(TABLES.map((name) => site.rows(`SELECT COUNT(*) AS n FROM ${name}`)))
  return counts.reduce((sum, [row]) => sum + Number(row?.n), 0)
}

test('a repair that is killed amid its deletes goes on, and counts each of them once', async () => {
  // Slow enough that some deletes are in the log and not yet delivered when it is killed.
  const place = await gapPlace(openMysql, { MILLRACE_WRITE_UNITS: '20' })
  const { site, table } = place
  const first = await place.millrace()
  const values = Array.from({ length: 100 }, (_, index) => `(${index + 1}, 'venue')`)
  await site.connection.query(`INSERT INTO client (idclient, name) VALUES ${values.join()}`)
  const restaurants = () => table.items(/^METADATA$/u)
  await until(async () => ((await restaurants()).length === 100 ? true : null), { what: 'all venues' })
  const second = await skipped(place, { millrace: first }, () =>
    site.connection.query('DELETE FROM client WHERE idclient > 20'),
  )
  const runs = new Gaps(second)
  const [run, same] = await Promise.all([runs.repair({ limits: { rows_per_second: 300 } }), runs.repair()])
  expect(same.id).toBe(run.id)
  const flagged = async () => (await restaurants()).filter((item) => 'mr_deleted_at' in item).length
  await until(async () => ((await flagged()) > 0 ? true : null), { what: 'the first deletes', everyMs: 5 })
  await second.kill()
  expect(await flagged()).toBeLessThan(80)
  // What is on its way must not have arrived when the repair goes on.
  const slower = { ...place.settings, MILLRACE_WRITE_UNITS: '5' }
  await using third = await (await Millrace.start(slower)).ready()
  const { state, rows } = await new Runs(third).get(run.id)
  expect([state, rows < 100]).toEqual(['running', true])
  await new Runs(third).set(run.id, { limits: { rows_per_second: null } })
  const done = await new Runs(third).done(run)
  expect(done).toMatchObject({ state: 'done', rows: 100, rows_done: 100 })
  expect(done.writes).toMatchObject({ 'remove applied': 80 })
  expect(await flagged()).toBe(80)
  expect((await new Gaps(third).gaps())[0]!.connectors).toMatchObject([{ state: 'repaired', run: run.id }])
})

test('of a table that was emptied only its own rows are read again, and its rows are found to be gone', async () => {
  const place = await gapPlace(openMysql)
  const { site, table } = place
  const millrace = await place.millrace()
  const venue = await site.venue('emptied')
  for (let visit = 0; visit < 3; visit++) await site.visit(venue, { email: `g${visit}@email.com` })
  await until(async () => ((await table.comments()).length === 3 ? true : null), { what: 'live comments' })
  await site.connection.query('TRUNCATE TABLE client')
  const runs = new Gaps(millrace)
  const [gap] = await until(async () => ((await runs.gaps()).length === 1 ? runs.gaps() : null), { what: 'a gap' })
  expect(gap).toMatchObject({ tables: ['client'], from: null, connectors: [{ tables: ['client'], state: 'open' }] })
  expect(await runs.done(await runs.repair({ gap: gap!.id }))).toMatchObject({ rows: 1, tally: { applied: 1 } })
  expect(await table.restaurant(venue)).toMatchObject({ mr_deleted_at: expect.any(String), total_comments: 3 })
})

test('rows whose items are still on their way when the repair begins are found to be gone too', async () => {
  // Slow enough that the first page of items is read long before the last item is there.
  const place = await gapPlace(openMysql, { MILLRACE_WRITE_UNITS: '200' })
  const { site, table } = place
  const first = await place.millrace(['--role=capture'])
  const values = Array.from({ length: 600 }, (_, index) => `(${index + 1}, 'venue')`)
  await site.connection.query(`INSERT INTO client (idclient, name) VALUES ${values.join()}`)
  await until(async () => (await capturedRows(first)) === 600 || null, { what: 'all of it captured' })
  const second = await skipped(place, { millrace: first, args: ['--role=capture'] }, () =>
    site.connection.query('DELETE FROM client'),
  )
  const ordered = await runCommand(['repair', '--detach', '--json'], { ...CREDENTIALS, ...place.settings })
  expect(await table.items()).toEqual([])
  const deliver = await place.millrace(['--role=deliver'])
  const run = await new Runs(deliver).done(JSON.parse(ordered.out) as RunView)
  expect(run).toMatchObject({ state: 'done', rows: 600, tally: { applied: 600 } })
  expect((await table.items()).filter((item) => 'mr_deleted_at' in item)).toHaveLength(600)
  expect([await second.stop(), await deliver.stop()]).toEqual([0, 0])
})

async function capturedRows({ url }: Millrace): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^millrace_capture_rows_total\{[^}]*\} (\d+)/mu.exec(metrics)?.[1] ?? 0)
}
