import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts'
import { freshName } from '../support/fresh-name.ts'
import { Millrace, type Settings } from '../support/millrace.ts'
import { RestaurantDatabase } from '../support/restaurant-database.ts'
import { RestaurantTable } from '../support/restaurant-table.ts'
import { sharedDynoxide, sharedKafka, sharedMariadb } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

interface Place {
  readonly database: FreshDatabase
  readonly site: RestaurantDatabase
  readonly table: RestaurantTable
  readonly settings: Settings
}

async function place(): Promise<Place> {
  const opened = new AsyncDisposableStack()
  onTestFinished(() => opened.disposeAsync())
  const folder = await mkdtemp(join(tmpdir(), 'millrace-start-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const database = opened.use(await freshDatabase(await sharedMariadb()))
  const site = opened.use(await RestaurantDatabase.create(database.adminUrl))
  const endpoint = (await sharedDynoxide()).url
  const table = opened.use(await RestaurantTable.create(endpoint, freshName('restaurants')))
  const settings = {
    MILLRACE_MYSQL_URL: database.url,
    MILLRACE_DYNAMODB_ENDPOINT: endpoint,
    MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
    MILLRACE_FEEDBACK_TABLE: table.name,
    AWS_REGION: 'eu-central-1',
  }
  return { database, site, table, settings }
}

const aComment = (table: RestaurantTable, count = 1) =>
  until(async () => ((await table.comments()).length === count ? true : null), { what: `${count} comments` })

test('it moves changes, says so, and stops cleanly within five seconds of SIGTERM', async () => {
  const { site, table, settings } = await place()
  await using millrace = await (await Millrace.start(settings)).ready()
  await site.visit(await site.venue('Opus Ocean Grille'), { email: 'ann@example.com' })
  await aComment(table)
  const ready = await (await fetch(`${millrace.url}/health/ready`)).json()
  expect(ready).toMatchObject({
    ready: true,
    why: [],
    parts: [{ part: 'capture' }, { part: 'deliver feedback' }, { part: 'runs' }],
  })
  const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
  expect(metrics).toMatch(/^millrace_capture_rows_total\{source="[^"]+",table="comment"\} 1$/m)
  expect(metrics).toMatch(/^millrace_deliver_writes_total\{connector="feedback",table="[^"]+",did="applied"\} [1-9]/m)
  expect(metrics).toMatch(/^millrace_ready 1$/m)
  expect(metrics).toMatch(/^millrace_build_info\{version="[^"]+",node="v24[^"]*"\} 1$/m)
  const startMs = performance.now()
  expect(await millrace.stop()).toBe(0)
  expect(performance.now() - startMs).toBeLessThan(5_000)
  const lines = millrace.output.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(expect.arrayContaining(['started', 'stopping', 'stopped']))
  expect(millrace.output).not.toMatch(/ann@example|millrace-password/)
})

test('it does the same through Kafka, with six partitions for each topic', async () => {
  const { site, table, settings } = await place()
  const kafka = { ...settings, MILLRACE_LOG: (await sharedKafka()).url }
  await using millrace = await (await Millrace.start(kafka)).ready()
  const venue = await site.venue('Opus Ocean Grille')
  for (let count = 0; count < 10; count++) await site.visit(venue, { email: `guest${count}@example.com` })
  await aComment(table, 10)
  expect(await millrace.stop()).toBe(0)
})

test('lag is true when idle: nothing to go, and the source heard of a moment ago', async () => {
  const { settings } = await place()
  await using millrace = await (await Millrace.start(settings)).ready()
  const heard = await until(
    async () => {
      const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
      const lag = /^millrace_lag_records\{reader="feedback",topic="[^"]+comment"\} 0$/m.test(metrics)
      const seconds = /^millrace_capture_seen_timestamp_seconds\{[^}]+\} (\d+)/m.exec(metrics)?.[1]
      return lag && seconds !== undefined ? Number(seconds) : null
    },
    { what: 'the lag of an idle source' },
  )
  expect(Math.abs(Date.now() / 1000 - heard)).toBeLessThan(10)
})

test('capture and deliver may run in processes of their own', async () => {
  const { site, table, settings } = await place()
  await using capture = await (await Millrace.start(settings, ['--role', 'capture'])).ready()
  await site.visit(await site.venue('Bella Vista'), null)
  await using deliver = await Millrace.start(settings, ['--role=deliver'])
  await aComment(table)
  await deliver.ready()
  expect([await capture.stop(), await deliver.stop()]).toEqual([0, 0])
})

test('a process that only answers is ready when the log answers it', async () => {
  const { settings } = await place()
  await using all = await (await Millrace.start(settings)).ready()
  await using control = await (await Millrace.start(settings, ['--role', 'control'])).ready()
  expect(await (await fetch(`${control.url}/health/ready`)).json()).toMatchObject({ parts: [{ part: 'log' }] })
  expect([await control.stop(), await all.stop()]).toEqual([0, 0])
})

test('a process that only answers takes orders before any other was there', async () => {
  const { settings } = await place()
  await using control = await (await Millrace.start(settings, ['--role', 'control'])).ready()
  const ask = async (path: string, body?: object) => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const headers = { 'content-type': 'application/json' }
    return (await fetch(control.url + path, { ...sent, ...(body && { headers }) })).status
  }
  await until(async () => ((await ask('/api/runs')) === 200 ? true : null), { what: 'the topics are made' })
  expect(await ask('/api/backfills', { connector: 'feedback' })).toBe(202)
  expect([await ask('/api/audit'), await ask('/api/flow'), await ask('/api/venues')]).toEqual([200, 200, 200])
  expect(await control.stop()).toBe(0)
})

test('what needs a person is named all together before anything moves, with exit code 3', async () => {
  const { database, settings } = await place()
  await database.query('ALTER TABLE comment RENAME TO remark')
  const { code, err } = await runCommand(['start'], {
    ...settings,
    MILLRACE_FEEDBACK_TABLE: 'not_there',
    MILLRACE_HTTP_PORT: '0',
  })
  expect(code).toBe(3)
  expect(err).toContain('START_REFUSED')
  expect(err).toContain('comment')
  expect(err).toContain('DynamoDB table not_there: it does not exist')
  expect(err).toContain('aws dynamodb create-table --table-name not_there')
  expect(err).not.toContain('    at ')
})

test('a MySQL that is not up yet is waited for', async () => {
  const { settings } = await place()
  const nobody = new URL(settings.MILLRACE_MYSQL_URL ?? '')
  nobody.port = '1'
  await using millrace = await Millrace.start({ ...settings, MILLRACE_MYSQL_URL: nobody.href })
  const health = await until(
    async () => {
      const answer = await fetch(`${millrace.url}/health/ready`).catch(() => null)
      const body = (await answer?.json()) as { why: string[] } | undefined
      return body?.why.some((why) => why.includes('MYSQL_UNREACHABLE')) ? answer : null
    },
    { what: 'the reason why it is not ready' },
  )
  expect(health?.status).toBe(503)
  expect((await fetch(`${millrace.url}/health/live`)).status).toBe(200)
  expect(await millrace.stop()).toBe(0)
})

/** Takes connections and never says a word. */
async function silentServer(): Promise<number> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function startedAgainstSilence(): Promise<Millrace> {
  const { settings } = await place()
  const silent = new URL(settings.MILLRACE_MYSQL_URL ?? '')
  silent.port = String(await silentServer())
  const millrace = await Millrace.start({ ...settings, MILLRACE_MYSQL_URL: silent.href })
  const what = { what: 'it has started' }
  await until(async () => (millrace.output.includes('"started"') ? true : null), what)
  return millrace
}

test('a server that hangs does not keep it from stopping within five seconds', async () => {
  await using millrace = await startedAgainstSilence()
  const startMs = performance.now()
  expect(await millrace.stop()).toBe(0)
  expect(performance.now() - startMs).toBeLessThan(5_000)
})

test('a second signal ends it at once', async () => {
  await using millrace = await startedAgainstSilence()
  const ended = millrace.stop()
  await until(async () => (millrace.output.includes('"stopping"') ? true : null), { what: 'it is stopping' })
  expect(await millrace.stop()).toBe(128 + 15)
  await ended
})

test('a wrong password is named at once, and not shown', async () => {
  const { settings } = await place()
  const wrong = new URL(settings.MILLRACE_MYSQL_URL ?? '')
  wrong.password = 'hunter2'
  const env = { ...settings, MILLRACE_MYSQL_URL: wrong.href, MILLRACE_HTTP_PORT: '0' }
  const { code, out, err } = await runCommand(['start'], env)
  expect([code, err]).toEqual([3, expect.stringContaining('source: MYSQL_DENIED')])
  expect(out + err).not.toContain('hunter2')
})

test('doctor finds nothing to mend where everything is as it has to be, and changes nothing', async () => {
  const { settings } = await place()
  const { code, out } = await runCommand(['doctor'], settings)
  expect(out).toContain('Everything is as it has to be.')
  expect(out).not.toContain('FAIL')
  expect(code).toBe(0)
})

test('doctor names each thing that needs a person, with what mends it, and exits with 3', async () => {
  const { database, settings } = await place()
  await database.query('ALTER TABLE datasession DROP KEY ideclub')
  const bad = { ...settings, MILLRACE_FEEDBACK_TABLE: 'not_there', MILLRACE_REDIS_URL: 'redis://127.0.0.1:1' }
  const { code, out } = await runCommand(['doctor', '--json'], bad)
  expect(code).toBe(3)
  const { ok, findings } = JSON.parse(out)
  expect(ok).toBe(false)
  const failed = findings.filter((finding: { isOk: boolean }) => !finding.isOk)
  for (const one of failed) expect(one.fix).toBeTypeOf('string')
  expect(failed.map((one: { check: string }) => one.check).join()).toMatch(
    /index of datasession.ideclub.*not_there.*Redis/,
  )
})

test('doctor says which server it cannot reach', async () => {
  const { settings } = await place()
  const bad = {
    ...settings,
    MILLRACE_MYSQL_URL: 'mysql://app:hunter2@127.0.0.1:1/app',
    MILLRACE_DYNAMODB_ENDPOINT: 'http://127.0.0.1:1',
  }
  const { code, out } = await runCommand(['doctor'], bad)
  expect(code).toBe(3)
  expect(out).toContain('FAIL  source: MYSQL_UNREACHABLE')
  expect(out).toContain('FAIL  target: DYNAMODB_UNAVAILABLE')
  expect(out).not.toContain('hunter2')
})
