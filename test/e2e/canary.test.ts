// The canary: lag is measured also when nothing else moves, and nobody else notices.

import { expect, onTestFinished, test } from 'vitest'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { runCommand } from '../support/command.ts'
import { openFaultProxy } from '../support/fault-proxy.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Millrace, type Settings } from '../support/millrace.ts'
import { ProductsPlace } from '../support/products-place.ts'
import { Runs } from '../support/runs.ts'
import { scraped } from '../support/scraped.ts'
import { type SharedDatabase, sharedMariadb } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

const ARRIVED = 'millrace_canary_timestamp_seconds'
const ARRIVALS = 'millrace_canary_seconds_count'
const CREDENTIALS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

async function opened(settings: Settings = {}, server?: SharedDatabase): Promise<FeedbackPlace> {
  const place = await FeedbackPlace.open({ MILLRACE_CANARY: 'on', ...settings }, server)
  onTestFinished(() => place[Symbol.asyncDispose]())
  return place
}

/** By a user who may write into the source. */
function writing({ settings, database }: FeedbackPlace): Settings {
  return { ...settings, MILLRACE_MYSQL_URL: database.adminUrl }
}

async function started(settings: Settings, args: readonly string[] = []): Promise<Millrace> {
  const millrace = await Millrace.start(settings, args)
  onTestFinished(() => millrace[Symbol.asyncDispose]())
  return millrace.ready()
}

/** Of the one connector that it is about. */
function canary(samples: ReadonlyMap<string, number>, name: string, connector = 'feedback'): number | undefined {
  const found = [...samples].find(([sample]) => sample.startsWith(`${name}{connector="${connector}",`))
  return found?.[1]
}

async function arrivals(millrace: Millrace, least: number): Promise<ReadonlyMap<string, number>> {
  return until(
    async () => {
      const samples = await scraped(millrace)
      return (canary(samples, ARRIVALS) ?? 0) >= least ? samples : null
    },
    { what: `the canary arrives ${least} times`, everyMs: 200 },
  )
}

async function sungAt({ database }: FeedbackPlace): Promise<number> {
  const [row] = await database.query('SELECT sung_at FROM millrace_canary')
  return Number(row?.sung_at)
}

test('a row goes the whole way while nothing else moves, and is none of anybody’s', async () => {
  const place = await opened()
  await feedbackHistory(place.site, { venues: 1, visits: 5 })
  const millrace = await started(writing(place))
  const samples = await arrivals(millrace, 2)
  expect(samples.get(`millrace_canary_on{source="mysql.${place.database.name}"}`)).toBe(1)
  expect(Date.now() / 1000 - (canary(samples, ARRIVED) ?? 0)).toBeLessThan(60)
  const [item, ...others] = await place.table.items()
  expect(others).toEqual([])
  expect(item).toMatchObject({ pk: 'MILLRACE#CANARY', sk: 'MILLRACE#CANARY' })
  const told = [...samples.keys()].filter(
    (name) => name.includes('table="millrace_canary"') || name.includes('.millrace_canary'),
  )
  expect(told).toEqual([])
  expect(samples.get('millrace_dead_letters{connector="feedback"}')).toBe(0)

  const runs = new Runs(millrace)
  await runs.done(await runs.backfill({}))
  const { differences, found } = await runs.verify()
  expect({ differences, found }).toMatchObject({ differences: [], found: { differing: 0, missing: 0 } })
})

test('while the target cannot be reached the age of the last arrival grows, though nothing is to be delivered', async () => {
  const place = await opened()
  const network = await openFaultProxy(Number(new URL(place.endpoint).port))
  onTestFinished(() => network[Symbol.asyncDispose]())
  const millrace = await started({ ...writing(place), MILLRACE_DYNAMODB_ENDPOINT: network.url(place.endpoint) })
  await arrivals(millrace, 1)
  await network.refuse()
  const cut = await scraped(millrace)
  const sung = await sungAt(place)
  await until(async () => ((await sungAt(place)) >= sung + 10_000 ? true : null), {
    what: 'it is sung on',
    everyMs: 500,
  })
  const later = await scraped(millrace)
  expect(later.get(`millrace_canary_on{source="mysql.${place.database.name}"}`)).toBe(1)
  // One may have been on its way already.
  expect((canary(later, ARRIVALS) ?? 0) - (canary(cut, ARRIVALS) ?? 0)).toBeLessThanOrEqual(1)
  expect(
    Math.max(...[...later].filter(([name]) => name.startsWith('millrace_lag_records')).map(([, lag]) => lag)),
  ).toBe(0)
  await network.accept()
  await arrivals(millrace, (canary(later, ARRIVALS) ?? 0) + 1)
})

test('a table of the canary that somebody altered stops nothing', async () => {
  const place = await opened()
  const millrace = await started(writing(place))
  await arrivals(millrace, 1)
  await place.database.query('ALTER TABLE millrace_canary DROP COLUMN sung_at, ADD COLUMN other INT NULL')
  const samples = await until(
    async () => {
      const now = await scraped(millrace)
      const on = now.get(`millrace_canary_on{source="mysql.${place.database.name}"}`)
      return on === 0 ? now : null
    },
    { what: 'the canary is off', everyMs: 200 },
  )
  expect(samples.get('millrace_ready')).toBe(1)
  await place.site.venue('Opus')
  await until(async () => (await place.table.restaurant(1)) ?? null, { what: 'others arrive' })
})

test('without the right to write, millrace goes without, and doctor says how to allow it', async () => {
  const place = await opened()
  const millrace = await started(place.settings)
  const off = `millrace_canary_on{source="mysql.${place.database.name}"}`
  const samples = await until(
    async () => {
      const now = await scraped(millrace)
      return now.has(off) ? now : null
    },
    { what: 'it was tried' },
  )
  expect(samples.get(off)).toBe(0)
  expect(samples.get('millrace_ready')).toBe(1)
  expect(await place.table.items()).toEqual([])
  await until(async () => (millrace.output.includes('goes without a canary') ? true : null), { what: 'it is told' })
  const { out, code } = await runCommand(['doctor'], { ...CREDENTIALS, ...place.settings })
  expect(out).toMatch(/CREATE TABLE IF NOT EXISTS millrace_canary .*GRANT SELECT, INSERT, UPDATE/su)
  expect(code).toBe(0)
})

test('on MariaDB too', async () => {
  const place = await opened({}, await sharedMariadb())
  const millrace = await started(writing(place))
  await arrivals(millrace, 2)
  expect(await place.table.items()).toHaveLength(1)
})

test('through Kafka, from the process that captures to one of those that deliver; who takes over sings alone', async () => {
  await using kafka = await openKafka()
  const place = await opened({ MILLRACE_LOG: kafka.url })
  const settings = writing(place)
  const capture = await started(settings, ['--role', 'capture'])
  const delivers = await Promise.all([1, 2].map(() => started(settings, ['--role', 'deliver'])))
  const arrived = async () => {
    const all = await Promise.all(delivers.map(async (one) => canary(await scraped(one), ARRIVALS) ?? 0))
    return all.reduce((one, other) => one + other)
  }
  await until(async () => ((await arrived()) >= 2 ? true : null), { what: 'it arrives twice', everyMs: 200 })
  expect(canary(await scraped(capture), ARRIVALS)).toBeUndefined()

  const heir = await started(settings, ['--role', 'capture'])
  const on = `millrace_canary_on{source="mysql.${place.database.name}"}`
  await until(async () => ((await scraped(heir)).get(on) === 1 ? true : null), { what: 'the heir sings', everyMs: 200 })
  await until(async () => (capture.output.includes('LOG_FENCED') ? true : null), { what: 'the other is fenced' })
  const before = await arrived()
  await until(async () => ((await arrived()) > before + 1 ? true : null), { what: 'it arrives still', everyMs: 200 })
})

test.each([
  { what: 'DynamoDB Local', open: openDynamodbLocal },
  { what: 'the light emulator', open: openDynoxide },
])('goes both ways beside each other, and neither side notices, on $what', async ({ open }) => {
  await using emulator = await open()
  await using place = await ProductsPlace.open(emulator.url, { MILLRACE_CANARY: 'on' })
  const millrace = await place.millrace()
  await place.product(1)
  const both = ['products', 'products-assessed']
  await until(
    async () => {
      const samples = await scraped(millrace)
      return both.every((name) => (canary(samples, ARRIVALS, name) ?? 0) >= 2) ? true : null
    },
    { what: 'both arrive twice', everyMs: 200 },
  )
  const samples = await scraped(millrace)
  expect(samples.get('millrace_canary_on{source="dynamodb"}')).toBe(1)
  expect([...samples.keys()].filter((name) => /table="millrace_canary"|\.millrace_canary"/u.test(name))).toEqual([])
  const captured = [...samples].filter(([name]) => name.startsWith('millrace_capture_rows_total{source="dynamodb"'))
  expect(captured.filter(([, rows]) => rows > 0)).toEqual([])
  expect(both.map((name) => samples.get(`millrace_dead_letters{connector="${name}"}`))).toEqual([0, 0])
  expect(await place.database.query('SELECT id FROM products')).toHaveLength(1)
  const rows = await place.database.query('SELECT id FROM millrace_canary ORDER BY id')
  expect(rows.map(({ id }) => id)).toEqual(['mysql', 'products-assessed'])

  const runs = new Runs(millrace)
  for (const connector of both) {
    const { body } = await runs.ask('POST', '/api/verify', { connector, scope: {} })
    const { id } = body as { id: string }
    const ended = await until(
      async () => {
        const run = (await runs.ask('GET', `/api/verify/${id}`)).body as { state: string; differences: unknown[] }
        return run.state === 'done' ? run : null
      },
      { what: 'the verification is done', everyMs: 100 },
    )
    expect(ended.differences).toEqual([])
  }
  const { out } = await place.command('status', '--json')
  expect(out).not.toContain('MILLRACE#CANARY')
  const doctor = await place.command('doctor')
  expect(doctor).toMatchObject({
    code: 0,
    out: expect.stringMatching(/millrace_canary may be written.*put into products/su),
  })
})
