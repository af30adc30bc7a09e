// History that was there before millrace: copied by runs, beside live changes, and counted row by row.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { expectFeedbackEqual } from '../support/equality.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Runs } from '../support/runs.ts'

const CREDENTIALS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

let place: FeedbackPlace
beforeEach(async () => {
  place = await FeedbackPlace.open()
})
afterEach(() => place[Symbol.asyncDispose]())

async function history(venues: number, visits: number): Promise<readonly number[]> {
  const ids: number[] = []
  for (let venue = 0; venue < venues; venue++) {
    const id = await place.site.venue(`venue ${venue}`)
    ids.push(id)
    for (let visit = 0; visit < visits; visit++) {
      const email = visit % 3 === 0 ? null : { email: `guest${visit % 7}@email.com` }
      await place.site.visit(id, email, { rating: 1 + (visit % 5) })
    }
  }
  return ids
}

describe('a backfill', () => {
  test('brings what was there before, once; ordered again it finds all of it there', async () => {
    await history(2, 30)
    const millrace = await place.millrace()
    const runs = new Runs(millrace)
    const first = await runs.done(await runs.backfill({}))
    expect(first).toMatchObject({ state: 'done', error: null, rows: 2 + 40 + 60 + 60, rows_done: 162 })
    expect(first.writes).toMatchObject({ 'create applied': 60 })
    await expectFeedbackEqual(place.site, place.table)
    const again = await runs.done(await runs.backfill({ table: 'comment' }))
    expect(again.tally).toEqual({ applied: 0, stale: 0, exists: 60, rejected: 0, ignored: 0 })
    await expectFeedbackEqual(place.site, place.table)
    expect((await runs.list()).map(({ id }) => id)).toEqual([again.id, first.id])
  })

  test('of one venue, of a range of keys, of what changed since, of what has a value', async () => {
    const [, second] = await history(2, 30)
    const millrace = await place.millrace()
    const runs = new Runs(millrace)
    const rowsOf = async (scope: object) => (await runs.done(await runs.backfill(scope))).rows
    expect(await rowsOf({ venue: second, table: 'comment' })).toBe(30)
    expect((await place.table.comments()).map(({ pk }) => pk)).toEqual(Array(30).fill(`RESTAURANT#${second}`))
    expect(await rowsOf({ table: 'comment', key: { from: 5, to: 9 } })).toBe(5)
    expect(await rowsOf({ table: 'comment', where: { rating: 3 } })).toBe(12)
    expect(await rowsOf({ changed_since: '2025-11-28T14:30:01' })).toBe(0)
    expect(await rowsOf({ changed_since: '2025-11-28' })).toBe(60)
    expect(await rowsOf({ venue: second })).toBe(1 + 20 + 30 + 30)
  })

  test('tells beforehand what it would do, and does nothing', async () => {
    const [first] = await history(2, 30)
    const millrace = await place.millrace()
    const runs = new Runs(millrace)
    const forecast = await runs.forecast({ table: 'comment' }, { rows_per_second: 10, write_units_per_second: 1 })
    expect(forecast).toMatchObject({
      rows: 60,
      rows_exact: true,
      sample: { rows: 60, applied: 60, exists: 0, rejected: 0 },
    })
    expect(forecast.write_units).toBeGreaterThan(60)
    expect(forecast.minutes).toBeCloseTo(forecast.write_units / 60, 0)
    expect(await place.table.items()).toEqual([])
    expect(await runs.list()).toEqual([])
    await runs.done(await runs.backfill({ table: 'comment', venue: first }))
    const then = await runs.forecast({ table: 'comment' })
    expect(then).toMatchObject({ rows: 60, sample: { rows: 60, applied: 30, exists: 30 }, minutes: null })
    const before = await place.table.items()
    const again = await runs.ask('POST', '/api/replays', { connector: 'feedback', dry_run: true })
    expect(again).toMatchObject({ status: 200, body: { dry_run: true, sample: { applied: 0, rejected: 0 } } })
    expect(await place.table.items()).toEqual(before)
  })

  test('is ordered, watched and ended on the command line', async () => {
    await history(1, 20)
    await place.millrace()
    const env = { ...CREDENTIALS, ...place.settings }
    const dry = await runCommand(['backfill', '--table', 'comment', '--dry-run', '--json'], env)
    expect(JSON.parse(dry.out)).toMatchObject({ dry_run: true, rows: 20, sample: { applied: 20 } })
    const watched = await runCommand(['backfill', '--table', 'comment'], env)
    expect(watched).toMatchObject({ code: 0, err: '' })
    expect(watched.out).toContain('backfill feedback done  20 rows')
    const slow = await runCommand(['backfill', '--rows-per-second', '1', '--detach', '--json'], env)
    const { id } = JSON.parse(slow.out)
    expect((await runCommand(['runs', 'limit', id, '--rows-per-second', 'none'], env)).code).toBe(0)
    expect((await runCommand(['runs', 'watch', id, '--json'], env)).code).toBe(0)
    const replayed = await runCommand(['replay', '--table', 'comment', '--json'], env)
    expect(JSON.parse(replayed.out)).toMatchObject({ kind: 'replay', state: 'done', rows: 40, tally: { applied: 0 } })
    const listed = await runCommand(['runs'], env)
    expect(listed.out.trim().split('\n')).toHaveLength(3)
    expect(listed.out).toContain(id)
    const over = await runCommand(['runs', 'pause', id], env)
    expect([over.code, over.err]).toEqual([3, expect.stringContaining('RUN_OVER')])
    for (const words of [
      ['pause'],
      ['fly'],
      ['show', id, 'more'],
      ['list', id],
      ['limit', id],
      ['show', id, '--source-share', '2'],
    ]) {
      expect(await runCommand(['runs', ...words], env)).toMatchObject({ code: 2, out: '' })
    }
  })
})
