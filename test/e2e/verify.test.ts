// Whether both sides agree: found exactly, beside live changes, and mended exactly.

import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunView } from '../../src/control/run-view.ts'
import { runCommand } from '../support/command.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Random } from '../support/random.ts'
import { Runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const CREDENTIALS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

let place: FeedbackPlace
beforeEach(async () => {
  place = await FeedbackPlace.open()
})
afterEach(() => place[Symbol.asyncDispose]())

describe('a verification', () => {
  test('finds nothing while both sides change', async () => {
    const random = new Random()
    const [venue] = await feedbackHistory(place.site, { venues: 2, visits: 60 })
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    const ending = new AbortController()
    const changing = change(venue!, random, ending.signal)
    try {
      for (let round = 0; round < 2; round++) {
        const { state, found, rows, differences } = await runs.verify()
        expect({ state, differences }).toEqual({ state: 'done', differences: [] })
        expect(found).toMatchObject({ differing: 0, missing: 0 })
        expect(found.equal + found.ignored + found.unsettled).toBe(rows)
      }
    } finally {
      ending.abort()
      expect(await changing).toBeGreaterThan(10)
    }
    expect((await runs.verify()).found).toMatchObject({ differing: 0, missing: 0, unsettled: 0 })
  })

  test('finds what never arrived and what was deleted, and a repair brings it', async () => {
    await feedbackHistory(place.site, { venues: 1, visits: 20 })
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    await place.site.connection.query('SET sql_log_bin = 0')
    const unlogged = await place.site.visit(1, { email: 'late@email.com' }, { text: 'nobody captured it' })
    await place.site.connection.query('SET sql_log_bin = 1')
    const [gone, ...others] = await place.table.comments()
    await place.table.delete(gone!.pk, gone!.sk)
    await place.table.delete('RESTAURANT#1', 'METADATA')
    const found = await runs.verify()
    const missing = found.differences.map(({ is, source_table, row, venue }) => ({ is, source_table, row, venue }))
    const of = (source_table: string, ...row: unknown[]) => ({ is: 'missing', source_table, row, venue: '1' })
    const [late] = await place.site.rows('SELECT iddatasession, ideclub FROM datasession WHERE iddatasession = 21')
    expect(missing).toHaveLength(5)
    expect(missing).toEqual(
      expect.arrayContaining([
        of('client', 1),
        of('comment', Number(gone!.original_review_id)),
        of('comment', unlogged),
        of('datasession', late!.iddatasession),
        of('eclub', late!.ideclub),
      ]),
    )
    expect(found.differences[0]).toMatchObject({
      why: 'no change of it was ever delivered, or somebody deleted the item',
    })
    const repaired = await runs.verify({ venue: 1 }, { repair: true })
    // The guest's row brings the claim that the visit's row was missed by.
    expect(repaired.found).toMatchObject({ differing: 0, mended: 4, missing: 4 })
    expect(repaired.differences.every(({ mended }) => mended)).toBe(true)
    const comments = await place.table.comments()
    expect(comments).toHaveLength(21)
    expect(comments.filter((item) => others.some(({ sk }) => sk === item.sk))).toEqual(others)
    expect((await runs.verify()).found).toMatchObject({ differing: 0, missing: 0 })
  })

  test('finds items whose rows are gone, and a repair marks them as deleted', async () => {
    await feedbackHistory(place.site, { venues: 3, visits: 5 })
    await place.site.venue('without visits')
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    await place.site.connection.query('SET sql_log_bin = 0')
    await place.site.connection.query('DELETE FROM client WHERE idclient IN (2, 4)')
    await place.site.connection.query('SET sql_log_bin = 1')
    // Positions are places in the binary log: a delete that it says nothing of is newer only when more has come.
    await place.site.venue('opened later')
    await until(async () => ((await place.table.restaurant(5)) === undefined ? null : true), { what: 'it has arrived' })
    const before = await place.table.items()
    const found = await runs.verify({}, { limits: { rows_per_second: 500 } })
    const told = { is: 'left over', source_table: 'client', why: 'its row was deleted while nobody captured it' }
    expect(found.differences).toHaveLength(2)
    expect(found.differences).toEqual(
      expect.arrayContaining([2, 4].map((id) => expect.objectContaining({ ...told, row: [id], venue: `${id}` }))),
    )
    expect(await place.table.items()).toEqual(before)
    const repaired = await runs.verify({}, { repair: true })
    expect(repaired.found).toMatchObject({ differing: 0, mended: 2 })
    const flagged = (await place.table.items()).filter((item) => 'mr_deleted_at' in item)
    expect(flagged.map(({ pk }) => pk).toSorted()).toEqual(['RESTAURANT#2', 'RESTAURANT#4'])
    expect((await runs.verify()).found).toMatchObject({ differing: 0, missing: 0 })
  })

  test('says why a row is likely to differ', async () => {
    await feedbackHistory(place.site, { venues: 1, visits: 5 })
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    const lost = await place.site.comment(999, { text: 'of no session' })
    await place.site.connection.query('SET sql_log_bin = 0')
    await place.site.connection.query("UPDATE client SET name = 'renamed behind its back'")
    await place.site.connection.query('SET sql_log_bin = 1')
    const { differences, found } = await runs.verify({}, { repair: true })
    expect(differences.map(({ row, why, mended }) => ({ row, why, mended }))).toEqual(
      expect.arrayContaining([
        { row: [lost], mended: false, why: expect.stringMatching(/^it cannot be delivered: .*datasession 999/u) },
        { row: [1], mended: true, why: expect.stringContaining('somebody else wrote') },
      ]),
    )
    expect(found).toMatchObject({ differing: 1, mended: 1 })
    expect(await place.table.restaurant(1)).toMatchObject({ restaurant_name: 'renamed behind its back' })
  })

  test('tells a guest who is missing in several venues in each of them', async () => {
    const { site, table } = place
    const guest = await site.guest({ email: 'a@email.com' })
    for (const name of ['Opus', 'Bella']) await site.comment(await site.session(await site.venue(name), guest))
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    for (const { pk, sk } of await table.items(/^GUEST#/u)) await table.delete(pk, sk)
    const { found, differences } = await runs.verify({ table: 'eclub' })
    expect([found.missing, differences.map(({ venue }) => venue).toSorted()]).toEqual([2, ['1', '2']])
  })

  test('marks the venues that agree, and from when on', async () => {
    const [first, second] = await feedbackHistory(place.site, { venues: 2, visits: 5 })
    const runs = new Runs(await place.millrace())
    const marks = async (query = '') => (await runs.ask('GET', `/api/verify${query}`)).body
    expect(await marks()).toEqual([])
    await runs.done(await runs.backfill({}))
    const [item] = await place.table.comments()
    await place.table.update(item!, { comment_text: 'corrupted' })
    const [bad, good] = item!.pk === `RESTAURANT#${first}` ? [first, second] : [second, first]
    await runs.verify({ venue: bad })
    await runs.verify({ table: 'client' })
    expect(await marks()).toEqual([])
    const all = await runs.verify()
    const ofAll = {
      connector: 'feedback',
      verified_through: all.started_at,
      run: all.id,
      venue: null,
      except: [`${bad}`],
    }
    expect(await marks()).toEqual([ofAll])
    expect(await marks(`?venue=${good}`)).toEqual([ofAll])
    expect(await marks(`?venue=${bad}`)).toEqual([])
    const repaired = await runs.verify({ venue: bad }, { repair: true })
    const ofOne = { connector: 'feedback', verified_through: repaired.started_at, run: repaired.id, except: [] }
    expect(await marks(`?venue=${bad}`)).toEqual([{ ...ofOne, venue: `${bad}` }])
  })

  test('is ordered and read on the command line', async () => {
    await feedbackHistory(place.site, { venues: 1, visits: 5 })
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    const verify = (...args: string[]) => runCommand(['verify', ...args], { ...CREDENTIALS, ...place.settings })
    const { out: equal, ...ended } = await verify()
    expect([ended.code, equal]).toMatchObject([0, expect.stringMatching(/^done: \d+ equal$/mu)])
    // One visit of five is of nobody: its comment leads to a customer besides. Sessions lead to no items of their own.
    const rows = '15 rows compared (client 1, eclub 4, datasession 5, comment 5)'
    expect(equal).toContain(`${rows} with 11 items (${place.table.name} 11)\n`)
    const [item] = await place.table.comments()
    await place.table.update(item!, { comment_text: 'corrupted' })
    const told = `comment_text: ${JSON.stringify(item!.comment_text)} in MySQL, "corrupted" in ${place.table.name}`
    const dry = await verify('--repair', '--dry-run', '--table', 'comment')
    expect(dry).toMatchObject({ code: 1, out: expect.stringContaining('done: 4 equal, 1 differing') })
    expect(dry.out).toContain(told)
    const { code, out } = await verify('--repair', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ found: { mended: 1 }, differences: [{ mended: true }] })
    expect((await place.table.comments()).find(({ sk }) => sk === item!.sk)).toMatchObject({
      comment_text: item!.comment_text,
    })
    const detached = await verify('--table', 'client', '--detach', '--json')
    const { id, ...run } = JSON.parse(detached.out) as RunView
    expect([detached.code, run]).toMatchObject([0, { kind: 'verify', by: 'command line' }])
    expect(await runs.done({ id })).toMatchObject({ state: 'done', rows: 1 })
    expect(await verify('--table', 'coment')).toMatchObject({ code: 3, err: expect.stringContaining('mean comment') })
  })
})

/** Comes and goes as guests and the site do; answers how many changes it has made. */
async function change(venue: number, random: Random, signal: AbortSignal): Promise<number> {
  let changes = 0
  for (; !signal.aborted; changes++) {
    await delay(10)
    const one = random.below(4)
    if (one === 0) await place.site.visit(venue, { email: `new${changes}@email.com` })
    else if (one === 1)
      await place.site.connection.query(`UPDATE client SET name = 'name ${changes}' WHERE idclient = ${venue}`)
    else
      await place.site.connection.query(
        `UPDATE eclub SET firstname = 'F${changes}' WHERE ideclub = ${1 + random.below(80)}`,
      )
  }
  return changes
}
