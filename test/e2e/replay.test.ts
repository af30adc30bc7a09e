// What the log holds, given to the target once more: nothing changes that is right, what is gone comes back, and a table
// can be built anew beside the one in use.

import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { expectFeedbackEqual } from '../support/equality.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { freshName } from '../support/fresh-name.ts'
import { Random } from '../support/random.ts'
import { type Item, RestaurantTable } from '../support/restaurant-table.ts'
import { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

let place: FeedbackPlace
beforeEach(async () => {
  place = await FeedbackPlace.open({ MILLRACE_PARTITIONS: '1' })
})
afterEach(() => place[Symbol.asyncDispose]())

/** Comments, guests that change, a venue that is renamed and one that is deleted. */
async function live(visits: number): Promise<readonly number[]> {
  const venues = [await place.site.venue('Opus'), await place.site.venue('Bella'), await place.site.venue('Gone')]
  for (let visit = 0; visit < visits; visit++) {
    await place.site.visit(venues[visit % 2] ?? 0, visit % 3 === 0 ? null : { email: `guest${visit % 5}@email.com` })
  }
  await place.site.rows("UPDATE eclub SET lastname = 'Changed' WHERE ideclub % 2 = 0")
  await place.site.rows("UPDATE client SET name = 'Opus Magnum' WHERE name = 'Opus'")
  await place.site.rows("DELETE FROM client WHERE name = 'Gone'")
  await settled()
  return venues
}

/** The last change has been captured, and all that has been is delivered. */
async function settled(): Promise<void> {
  const last = await place.site.venue('last')
  const isThere = async () => ((await place.table.restaurant(last)) === undefined ? null : true)
  await until(isThere, { what: 'the last venue' })
  const log = await openSqliteLog({ path: place.path })
  try {
    const topics = ['client', 'eclub', 'datasession', 'comment'].map(
      (name) => `millrace.${place.database.name}.${name}`,
    )
    const isStill = async () => {
      const lags = await Promise.all(topics.map((topic) => log.lag('feedback', topic)))
      return lags.every((lag) => lag === 0) ? true : null
    }
    await until(isStill, { what: 'nothing is on its way' })
  } finally {
    await log.close()
  }
}

const byKey = (items: readonly Item[]) => new Map(items.map((item) => [`${item.pk} ${item.sk}`, item]))

describe('a replay', () => {
  test('of everything applies nothing and changes nothing', async () => {
    const millrace = await place.millrace()
    await live(40)
    const before = byKey(await place.table.items())
    const run = await new Runs(millrace).done(await new Runs(millrace).replay({}))
    expect(run).toMatchObject({ state: 'done', error: null, tally: { applied: 0, rejected: 0 } })
    expect(run.rows_done).toBe(run.rows_expected)
    expect(run.rows_done).toBeGreaterThan(100)
    expect(byKey(await place.table.items())).toEqual(before)
  })

  test('brings back what is gone, of one venue, and counts nothing twice', async () => {
    const millrace = await place.millrace()
    const [first, second] = await live(40)
    const comments = await place.table.comments()
    for (const { pk, sk } of comments.filter((_, index) => index % 4 === 0)) await place.table.delete(pk, sk)
    const ofFirst = comments.filter(({ pk }, index) => pk === `RESTAURANT#${first}` && index % 4 === 0).length
    const runs = new Runs(millrace)
    const one = await runs.done(await runs.replay({ venue: first, table: 'comment' }))
    expect(one.tally).toMatchObject({ applied: ofFirst, rejected: 0 })
    const rest = await runs.done(await runs.replay({ venue: second, table: 'comment' }))
    expect(one.tally.applied + rest.tally.applied).toBe(10)
    await expectFeedbackEqual(place.site, place.table)
  })

  test('of a stretch of time or of cursors takes that stretch alone', async () => {
    const millrace = await place.millrace()
    const venue = await place.site.venue('Opus')
    await place.site.visit(venue, null)
    await settled()
    await delay(20)
    const between = new Date().toISOString()
    await delay(20)
    for (let visit = 0; visit < 3; visit++) await place.site.visit(venue, null)
    await settled()
    const runs = new Runs(millrace)
    const rowsOf = async (scope: object) => (await runs.done(await runs.replay({ table: 'comment', ...scope }))).rows
    expect(await rowsOf({ from: between })).toBe(3)
    expect(await rowsOf({ to: between })).toBe(1)
    const topic = `millrace.${place.database.name}.comment`
    expect(await rowsOf({ from: `${topic}:0:1`, to: `${topic}:0:3` })).toBe(2)
    expect(await rowsOf({ key: 2 })).toBe(1)
    const swapped = await runs.ask('POST', '/api/replays', {
      connector: 'feedback',
      scope: { from: new Date().toISOString(), to: between },
    })
    expect(swapped).toMatchObject({ status: 400, body: { error: { code: 'SCOPE_INVALID' } } })
  })

  test('into another table builds it anew, though it is killed on its way', async () => {
    const random = new Random()
    let millrace = await place.millrace()
    await live(60)
    using beside = await RestaurantTable.create(place.endpoint, freshName('beside'))
    const { id } = await new Runs(millrace).replay({}, { into: beside.name, limits: { rows_per_second: 60 } })
    for (let kill = 0; kill < 3; kill++) {
      await delay(random.below(400))
      await millrace.kill()
      millrace = await place.millrace()
    }
    const runs = new Runs(millrace)
    await runs.set(id, { limits: { rows_per_second: null } })
    const run = await runs.done({ id })
    expect(run).toMatchObject({ state: 'done', error: null })
    expect(run.rows_done).toBe(run.rows_expected)
    expect(run.writes['create applied']).toBe(60)
    // Who is who is told by the rows as they are now, so customers may be fewer than they came to be one by one.
    await expectFeedbackEqual(place.site, beside)
  })
})
