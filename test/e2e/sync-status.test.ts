// What is told of a sync while it runs and when it has ended, whatever ends or interrupts it.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectFeedbackEqual } from '../support/equality.ts'
import { SyncPlace, wallTime } from '../support/sync-place.ts'
import { Syncs } from '../support/syncs.ts'
import { until } from '../support/until.ts'

let place: SyncPlace
beforeEach(async () => {
  place = await SyncPlace.open()
})
afterEach(() => place[Symbol.asyncDispose]())

describe('the status of a venue', () => {
  test('says never, under way and done, in the answers and on the item', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 30)
    const syncs = await place.started()
    const never = { client_id: venue, restaurant_name: 'Opus', last_sync_at: null, last_sync_stats: null }
    expect(await syncs.statuses()).toEqual([{ ...never, sync_in_progress: false }])
    const job = await syncs.orderSlow(venue, 1)
    expect(await syncs.status(venue)).toEqual({ ...never, sync_in_progress: true })
    await syncs.is(job, ['running'])
    await syncs.set(job, { state: 'paused' })
    await syncs.is(job, ['paused'])
    expect(await syncs.job(job)).toMatchObject({ success: false, ended_at: null, client_id: venue })
    expect(await place.table.restaurant(venue)).toMatchObject({ sync_in_progress: true })
    await syncs.set(job, { state: 'running', limits: { rows_per_second: null } })
    const done = await syncs.ended(job)
    const last = { last_sync_at: done.started_at, sync_in_progress: false }
    const stats = { new_customers: 30, new_comments: 30, errors: 0 }
    expect(await syncs.statuses()).toEqual([{ ...never, ...last, last_sync_stats: stats }])
    expect(await place.table.restaurant(venue)).toMatchObject({
      ...last,
      last_sync_stats: { ...stats, skipped_duplicates: 0 },
    })
  })

  test.each(['running', 'paused'])(
    'is that of the last sync again when one that was %s is cancelled',
    async (state) => {
      const venue = await place.site.venue('Opus')
      await place.visits(venue, 30)
      const syncs = await place.started()
      const first = await syncs.sync(venue)
      await place.unlogged(() => place.visits(venue, 30, wallTime(0)))
      const job = await syncs.orderSlow(venue, 1)
      await syncs.is(job, ['running'])
      if (state === 'paused') {
        await syncs.set(job, { state: 'paused' })
        await syncs.is(job, ['paused'])
      }
      await syncs.ask('DELETE', `/api/runs/${job}`)
      expect(await syncs.ended(job)).toMatchObject({ state: 'cancelled', success: false })
      const last = { last_sync_at: first.started_at, sync_in_progress: false }
      expect(await syncs.status(venue)).toMatchObject({ ...last, last_sync_stats: { new_comments: 30 } })
      expect(await place.table.restaurant(venue)).toMatchObject({ ...last, last_sync_stats: { new_comments: 30 } })
      const after = await syncs.sync(venue)
      expect(after.new_comments + after.skipped_duplicates).toBe(30)
      await place.expectCommentsEqual()
    },
  )

  test('is told of thousands of them', async () => {
    await place.site.connection.query('SET cte_max_recursion_depth = 3000')
    await place.site.connection.query(
      `INSERT INTO client (name) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
       SELECT CONCAT('venue ', i) FROM n`,
    )
    const syncs = await place.started()
    const statuses = await syncs.statuses()
    const names = Array.from({ length: 3_000 }, (_, index) => [index + 1, `venue ${index + 1}`])
    expect(statuses.map((one) => [one.client_id, one.restaurant_name])).toEqual(names)
  })

  test('is not told over by a sync that was ordered earlier', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 30)
    const syncs = await place.started()
    const early = await syncs.orderSlow('all', 1)
    await syncs.is(early, ['running'])
    await syncs.set(early, { state: 'paused' })
    await syncs.is(early, ['paused'])
    const late = await syncs.sync(venue)
    await syncs.set(early, { state: 'running', limits: { rows_per_second: null } })
    expect(await syncs.ended(early)).toMatchObject({ state: 'done' })
    expect(await place.table.restaurant(venue)).toMatchObject({
      last_sync_at: late.started_at,
      sync_in_progress: false,
    })
    expect(await syncs.status(venue)).toMatchObject({ last_sync_at: late.started_at, sync_in_progress: false })
  })
})

describe('a sync that is interrupted', () => {
  test.each([1, 'all'] as const)('of %s goes on after a power cut, and counts every row once', async (whom) => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 60)
    const first = await place.millrace()
    const before = new Syncs(first)
    const job = await before.orderSlow(whom, 50)
    await until(async () => ((await before.job(job)).new_comments > 5 ? true : null), { what: 'some were brought' })
    await first.kill()
    const after = await place.started()
    await after.set(job, { limits: { rows_per_second: null } })
    expect(await after.ended(job)).toMatchObject({ success: true, new_comments: 60, new_customers: 60, errors: [] })
    expect((await after.status(venue)).last_sync_stats).toEqual({ new_customers: 60, new_comments: 60, errors: 0 })
    const told = { sync_in_progress: false, last_sync_stats: { new_comments: 60, skipped_duplicates: 0 } }
    expect(await place.table.restaurant(venue)).toMatchObject(told)
    await expectFeedbackEqual(place.site, place.table)
  })

  test('by a fault says which, is not under way, and goes on when it is asked to', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 10)
    const syncs = await place.started(['--role', 'deliver'])
    await place.site.connection.query('RENAME TABLE comment TO comment_away')
    const job = await syncs.order(venue)
    const failed = await syncs.ended(job)
    expect(failed).toMatchObject({ state: 'failed', success: false, new_comments: 0 })
    expect(failed.errors).toEqual([expect.stringContaining('comment')])
    expect(await syncs.status(venue)).toMatchObject({ last_sync_at: null, sync_in_progress: false })
    expect(await place.table.restaurant(venue)).toMatchObject({ restaurant_name: 'Opus', sync_in_progress: false })
    expect(await place.table.restaurant(venue)).not.toHaveProperty('last_sync_at')
    await place.site.connection.query('RENAME TABLE comment_away TO comment')
    await syncs.set(job, { state: 'running', limits: { rows_per_second: 1 } })
    const isUnderWay = async () => ((await place.table.restaurant(venue))!.sync_in_progress === true ? true : null)
    await until(isUnderWay, { what: 'it is under way again' })
    await syncs.set(job, { limits: { rows_per_second: null } })
    const done = await until(
      async () => {
        const now = await syncs.job(job)
        return now.success ? now : null
      },
      { what: 'it is done' },
    )
    expect(done).toMatchObject({ new_comments: 10, new_customers: 10, errors: [] })
    expect(await place.table.restaurant(venue)).toMatchObject({
      sync_in_progress: false,
      last_sync_stats: { new_comments: 10, new_customers: 10 },
    })
  })
})
