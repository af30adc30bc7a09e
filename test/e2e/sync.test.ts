// Syncs on demand: what a venue lacks is brought, counted and told, once, however often it is asked for.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectFeedbackEqual } from '../support/equality.ts'
import { SyncPlace, wallTime } from '../support/sync-place.ts'

let place: SyncPlace
beforeEach(async () => {
  place = await SyncPlace.open()
})
afterEach(() => place[Symbol.asyncDispose]())

describe('a sync of one venue', () => {
  test('brings the 15 reviews since it was onboarded, and leaves what it was onboarded with', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 50)
    for (let review = 1; review <= 35; review++) {
      const sk = `CUSTOMER#old${review}#COMMENT#old${review}`
      const ai = { ai_response: `Thank you, guest ${review}` }
      await place.table.put({ pk: `RESTAURANT#${venue}`, sk, original_review_id: review, rating: 5, ...ai })
      const person = { customer_id: `old${review}`, email: `g${review - 1}@email.com` }
      await place.table.put({ pk: `RESTAURANT#${venue}`, sk: `CUSTOMER#old${review}`, ...person })
    }
    await place.table.put({ pk: `RESTAURANT#${venue}`, sk: 'METADATA', restaurant_name: 'Opus', theme: { dark: true } })
    const onboarded = await place.table.comments()
    const syncs = await place.started()
    const job = await syncs.sync(venue)
    expect(job).toMatchObject({ success: true, client_id: venue, errors: [], state: 'done' })
    expect(job).toMatchObject({ new_comments: 15, new_customers: 15, skipped_duplicates: 35 })
    expect(job.duration_ms).toBeGreaterThan(0)
    expect(await place.commentsOf(venue)).toBe(50)
    expect((await place.table.comments()).filter(({ sk }) => sk.includes('old'))).toEqual(onboarded)
    const restaurant = await place.table.restaurant(venue)
    expect(restaurant).toMatchObject({ theme: { dark: true }, restaurant_name: 'Opus', total_comments: 50 })
    expect(restaurant).toMatchObject({
      sync_in_progress: false,
      last_sync_at: job.started_at,
      last_sync_stats: { new_comments: 15, new_customers: 15, skipped_duplicates: 35, errors: 0 },
    })
  })

  test('finds nothing new when it is repeated at once', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 20)
    const syncs = await place.started()
    expect(await syncs.sync(venue)).toMatchObject({ new_comments: 20, new_customers: 20, skipped_duplicates: 0 })
    const before = await place.table.items(/CUSTOMER/u)
    const first = await place.table.restaurant(venue)
    const again = await syncs.sync(venue)
    expect(again).toMatchObject({ success: true, new_comments: 0, new_customers: 0, errors: [] })
    expect(await place.table.items(/CUSTOMER/u)).toEqual(before)
    const second = await place.table.restaurant(venue)
    expect(second!.last_sync_at).toBe(again.started_at)
    expect(String(second!.last_sync_at) > String(first!.last_sync_at)).toBe(true)
    await expectFeedbackEqual(place.site, place.table)
  })

  test('later copies what has changed since, with what may have come late, and not all of it again', async () => {
    const venue = await place.site.venue('Opus')
    await place.visits(venue, 30)
    const syncs = await place.started()
    await syncs.sync(venue)
    await place.unlogged(async () => {
      await place.visits(venue, 5, wallTime(-11))
      await place.visits(venue, 4, wallTime(+13))
      await place.visits(venue, 6, wallTime(-25))
    })
    const job = await syncs.sync(venue)
    expect(job).toMatchObject({ new_comments: 15, new_customers: 0, skipped_duplicates: 0, errors: [] })
    expect((await syncs.get(job.job_id)).rows).toBe(1 + 15)
    await place.expectCommentsEqual()
  })

  test('makes one customer of a guest with three reviews', async () => {
    const venue = await place.site.venue('Opus')
    await place.site.visit(venue, { email: 'john@email.com' })
    await place.site.visit(venue, { email: ' John@Email.com' })
    await place.site.visit(venue, { email: 'JOHN@email.com', phone: '212 555 0100' })
    const syncs = await place.started()
    expect(await syncs.sync(venue)).toMatchObject({ new_comments: 3, new_customers: 1 })
    const customers = await place.table.customers()
    expect(customers.map(({ email }) => String(email).trim().toLowerCase())).toEqual(['john@email.com'])
    expect((await place.table.comments()).map(({ customer_id }) => customer_id)).toEqual(
      Array(3).fill(customers[0]!.customer_id),
    )
  })

  test('leaves other venues alone, and reports what was rejected', async () => {
    const venue = await place.site.venue('Opus')
    const other = await place.site.venue('Bella')
    await place.visits(venue, 3)
    await place.visits(other, 3)
    await place.site.visit(venue, { email: 'long@email.com' }, { text: 'x'.repeat(60_000) })
    await place.site.connection.query('ALTER TABLE comment MODIFY comment MEDIUMTEXT')
    await place.site.connection.query("UPDATE comment SET comment = REPEAT('x', 500000) WHERE comment LIKE 'xxx%'")
    const syncs = await place.started()
    const job = await syncs.sync(venue)
    expect(job).toMatchObject({ success: true, new_comments: 3 })
    expect(job.errors).toEqual([expect.stringContaining('1 rows were rejected')])
    expect(await place.commentsOf(other)).toBe(0)
    expect((await syncs.status(venue)).last_sync_stats).toEqual({ new_customers: 4, new_comments: 3, errors: 1 })
    expect((await syncs.status(other)).last_sync_at).toBeNull()
  })
})

describe('a sync of all venues', () => {
  test('is one job, and counts for each of them', async () => {
    const counts = [3, 0, 5, 1, 2, 4, 6, 1, 1, 1, 1, 2]
    const venues: number[] = []
    for (const [index, count] of counts.entries()) {
      const venue = await place.site.venue(`venue ${index}`)
      venues.push(venue)
      await place.visits(venue, count)
    }
    const syncs = await place.started()
    const first = await syncs.sync('all')
    expect(first).toMatchObject({ success: true, client_id: null, new_comments: 27, new_customers: 27, errors: [] })
    const told = async () =>
      (await syncs.statuses()).map(({ client_id, last_sync_stats }) => [client_id, last_sync_stats?.new_comments])
    expect(await told()).toEqual(venues.map((venue, index) => [venue, counts[index]]))
    for (const [index, venue] of venues.entries()) {
      const last = { new_comments: counts[index], new_customers: counts[index], skipped_duplicates: 0, errors: 0 }
      expect(await place.table.restaurant(venue)).toMatchObject({
        sync_in_progress: false,
        last_sync_stats: last,
        last_sync_at: first.started_at,
      })
    }
    await expectFeedbackEqual(place.site, place.table)
    let late = 0
    await place.unlogged(async () => {
      await place.visits(venues[2]!, 2, wallTime(0))
      late = await place.site.venue('late')
      await place.visits(late, 3)
    })
    const second = await syncs.sync('all')
    expect(second).toMatchObject({ new_comments: 5, new_customers: 3, skipped_duplicates: 0 })
    expect((await syncs.get(second.job_id)).rows).toBe(13 + 2 + (1 + 3 + 3 + 3))
    expect(await told()).toEqual([...venues.map((venue, index) => [venue, index === 2 ? 2 : 0]), [late, 3]])
    await expectFeedbackEqual(place.site, place.table)
  })
})
