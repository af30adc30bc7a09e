// The canary: lag is measured also when nothing else moves, and nobody else notices.

import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { openFaultProxy } from '../support/fault-proxy.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Millrace, type Settings } from '../support/millrace.ts'
import { Runs } from '../support/runs.ts'
import { scraped } from '../support/scraped.ts'
import { until } from '../support/until.ts'

const ARRIVED = 'millrace_canary_timestamp_seconds{connector="feedback"}'
const ARRIVALS = 'millrace_canary_seconds_count{connector="feedback"}'
const CREDENTIALS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

async function opened(): Promise<FeedbackPlace> {
  const place = await FeedbackPlace.open({ MILLRACE_CANARY: 'on' })
  onTestFinished(() => place[Symbol.asyncDispose]())
  return place
}

/** By a user who may write into the source. */
function writing({ settings, database }: FeedbackPlace): Settings {
  return { ...settings, MILLRACE_MYSQL_URL: database.adminUrl }
}

async function started(settings: Settings): Promise<Millrace> {
  const millrace = await Millrace.start(settings)
  onTestFinished(() => millrace[Symbol.asyncDispose]())
  return millrace.ready()
}

async function arrivals(millrace: Millrace, least: number): Promise<ReadonlyMap<string, number>> {
  return until(
    async () => {
      const samples = await scraped(millrace)
      return (samples.get(ARRIVALS) ?? 0) >= least ? samples : null
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
  expect(Date.now() / 1000 - (samples.get(ARRIVED) ?? 0)).toBeLessThan(60)
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
  expect((later.get(ARRIVALS) ?? 0) - (cut.get(ARRIVALS) ?? 0)).toBeLessThanOrEqual(1)
  expect(
    Math.max(...[...later].filter(([name]) => name.startsWith('millrace_lag_records')).map(([, lag]) => lag)),
  ).toBe(0)
  await network.accept()
  await arrivals(millrace, (later.get(ARRIVALS) ?? 0) + 1)
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
