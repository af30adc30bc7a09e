// A verification that mends, broken off in the middle: what is told, what is counted and what is mended stay exact.

import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { VerificationView } from '../../src/control/verify-view.ts'
import { type DynamodbProxy, openDynamodbProxy } from '../support/dynamodb-proxy.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import type { Millrace } from '../support/millrace.ts'
import { Random } from '../support/random.ts'
import { Runs } from '../support/runs.ts'
import { sharedDynoxide } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

let proxy: DynamodbProxy
let place: FeedbackPlace
beforeEach(async () => {
  proxy = await openDynamodbProxy((await sharedDynoxide()).url)
  place = await FeedbackPlace.open({ MILLRACE_DYNAMODB_ENDPOINT: proxy.url })
})
afterEach(async () => {
  await place[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

const READS = /^(Get|BatchGet|Query|Scan|Describe|List)/u

/** Writes are carried out and never answered: whoever sent them cannot get past them. */
function loseAnswers(): void {
  proxy.plan = ({ operation }) => (READS.test(operation) ? null : { kind: 'reset', when: 'after' })
}

/** A difference of two rows, both of which have come back when `isMended` is so. */
interface Fault {
  readonly spoil: () => Promise<void>
  readonly isMended: () => Promise<boolean>
  readonly fields: number
}

const LEFT_OVER: Fault = {
  spoil: async () => {
    await place.site.connection.query('SET sql_log_bin = 0')
    await place.site.connection.query('DELETE FROM client WHERE idclient IN (2, 3)')
    await place.site.connection.query('SET sql_log_bin = 1')
    await place.site.venue('opened later')
    await until(async () => ((await place.table.restaurant(4)) === undefined ? null : true), { what: 'it has arrived' })
  },
  isMended: async () => (await place.table.items()).filter((item) => 'mr_deleted_at' in item).length === 2,
  fields: 2,
}

const CORRUPTED: Fault = {
  spoil: async () => {
    for (const item of (await place.table.comments()).slice(0, 2))
      await place.table.update(item, { comment_text: 'corrupted', rating: 99 })
  },
  isMended: async () => (await place.table.comments()).every((item) => item.rating !== 99),
  fields: 4,
}

const FAULTS = [
  ['items are left over', LEFT_OVER],
  ['fields differ', CORRUPTED],
] as const

/** A repair that has mended everything, and is not told so. */
async function heldAmidMending({ spoil, isMended }: Fault): Promise<{ millrace: Millrace; runs: Runs; id: string }> {
  await feedbackHistory(place.site, { venues: 3, visits: 4 })
  const millrace = await place.millrace()
  const runs = new Runs(millrace)
  await runs.done(await runs.backfill({}))
  await spoil()
  loseAnswers()
  const ordered = await runs.ask('POST', '/api/verify', { connector: 'feedback', repair: true })
  const { id } = ordered.body as { id: string }
  await until(async () => ((await isMended()) ? true : null), { what: 'all of it mended' })
  return { millrace, runs, id }
}

describe.each(FAULTS)('a repair that has mended what it does not know yet, where %s', (_, fault) => {
  const told = (one: VerificationView) => one.differences.map(({ mended }) => mended)

  test('and is killed there counts and tells it once', async () => {
    const { millrace, id } = await heldAmidMending(fault)
    await millrace.kill()
    proxy.plan = () => null
    const found = await ended(new Runs(await place.millrace()), id)
    expect(found).toMatchObject({
      state: 'done',
      found: { differing: 0, unsettled: 0, mended: 2, fields: fault.fields },
    })
    expect([told(found), await fault.isMended()]).toEqual([[true, true], true])
  })

  test('and is paused there counts and tells it once when it goes on', async () => {
    const { runs, id } = await heldAmidMending(fault)
    await runs.set(id, { state: 'paused' })
    await runs.is(id, ['paused'])
    proxy.plan = () => null
    await runs.set(id, { state: 'running' })
    const found = await ended(runs, id)
    expect(found).toMatchObject({
      state: 'done',
      found: { differing: 0, unsettled: 0, mended: 2, fields: fault.fields },
    })
    expect([told(found), await fault.isMended()]).toEqual([[true, true], true])
  })

  test('and is cancelled there counts what it has told as differing', async () => {
    const { runs, id } = await heldAmidMending(fault)
    await runs.ask('DELETE', `/api/runs/${id}`)
    const found = await ended(runs, id)
    expect(found).toMatchObject({
      state: 'cancelled',
      found: { differing: 2, unsettled: 0, mended: 0, fields: fault.fields },
    })
    expect(told(found)).toEqual([false, false])
  })
})

test('a repair that is paused and resumed again and again tells and mends each field once', async () => {
  const random = new Random()
  await feedbackHistory(place.site, { venues: 2, visits: 60 })
  const runs = new Runs(await place.millrace())
  await runs.done(await runs.backfill({}))
  const comments = await place.table.comments()
  for (const item of comments) await place.table.update(item, { comment_text: 'corrupted' })
  const { id } = (
    await runs.ask('POST', '/api/verify', { connector: 'feedback', repair: true, limits: { rows_per_second: 150 } })
  ).body as { id: string }
  for (let pause = 0; pause < 8; pause++) {
    await delay(random.below(300))
    await runs.set(id, { state: 'paused' })
    const { rows, rows_done } = await runs.is(id, ['paused', 'done'])
    expect(rows_done).toBe(rows)
    await runs.set(id, { state: 'running' })
  }
  const found = await ended(runs, id)
  expect(found).toMatchObject({ state: 'done', found: { differing: 0, unsettled: 0, mended: 120, fields: 120 } })
  const { rows, items } = found.compared
  expect(Object.values(rows).reduce((sum, count) => sum + count)).toBe(found.rows)
  expect(items[place.table.name]).toBeGreaterThan(120)
  expect(found.differences.filter(({ mended }) => mended)).toHaveLength(120)
  expect((await place.table.comments()).map(({ comment_text }) => comment_text)).not.toContain('corrupted')
})

test('a verification that is cancelled counts and tells what it had found until then', async () => {
  await feedbackHistory(place.site, { venues: 2, visits: 60 })
  const runs = new Runs(await place.millrace())
  await runs.done(await runs.backfill({}))
  for (const item of await place.table.comments()) await place.table.update(item, { comment_text: 'corrupted' })
  const body = { connector: 'feedback', scope: { table: 'comment' }, limits: { rows_per_second: 40 } }
  const { id } = (await runs.ask('POST', '/api/verify', body)).body as { id: string }
  await until(async () => ((await runs.get(id)).rows > 0 ? true : null), { what: 'some were compared' })
  await runs.ask('DELETE', `/api/runs/${id}`)
  const { state, found, rows, differences } = await ended(runs, id)
  expect([state, rows < 120, differences.length]).toEqual(['cancelled', true, rows])
  expect(found).toMatchObject({ differing: rows, mended: 0, fields: rows })
})

/** What it has found, each row counted once. */
async function ended(runs: Runs, id: string): Promise<VerificationView> {
  await runs.done({ id })
  const view = (await runs.ask('GET', `/api/verify/${id}?limit=10000`)).body as VerificationView
  const { equal, differing, mended, unsettled, ignored } = view.found
  expect([view.rows_done, equal + differing + mended + unsettled + ignored]).toEqual([view.rows, view.rows])
  return view
}
