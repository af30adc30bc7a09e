// Whether both sides agree: found exactly, beside live changes, and mended exactly.

import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { VerificationView } from '../../src/control/verify-view.ts'
import { runCommand } from '../support/command.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Random } from '../support/random.ts'
import type { Item } from '../support/restaurant-table.ts'
import { Runs } from '../support/runs.ts'

const CREDENTIALS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

let place: FeedbackPlace
beforeEach(async () => {
  place = await FeedbackPlace.open()
})
afterEach(() => place[Symbol.asyncDispose]())

/** Guests come again, some under another name, some as nobody. */
async function history(venues: number, visits: number): Promise<readonly number[]> {
  const ids: number[] = []
  await place.site.connection.beginTransaction()
  for (let venue = 0; venue < venues; venue++) {
    const id = await place.site.venue(`venue ${venue}`)
    ids.push(id)
    for (let visit = 0; visit < visits; visit++) {
      const guest = { email: `guest${visit % 40}@email.com`, first: `First${visit}` }
      await place.site.visit(id, visit % 5 === 0 ? null : guest, { rating: 1 + (visit % 5), text: `comment ${visit}` })
    }
  }
  await place.site.connection.commit()
  return ids
}

const OWNED = {
  restaurant: ['entity_type', 'client_id', 'restaurant_name'],
  customer: ['entity_type', 'customer_id', 'email', 'phone', 'first_name', 'last_name', 'name'],
  comment: [
    ...['entity_type', 'comment_id', 'customer_id', 'client_id', 'comment_text', 'rating', 'date_created'],
    ...['date_replied', 'reply_text', 'device_info', 'session_info', 'original_review_id'],
  ],
}

/** Fields that MySQL owns, each of some item. */
function ownedFields(items: readonly Item[]): { item: Item; name: string }[] {
  return items.flatMap((item) => {
    const names = OWNED[item.entity_type as keyof typeof OWNED] ?? []
    // A customer whom no row stands for has nothing of a guest's.
    const isNobody = item.entity_type === 'customer' && item.mr_from === undefined
    return names.slice(0, isNobody ? 2 : names.length).map((name) => ({ item, name }))
  })
}

function withoutMarks(items: readonly Item[]): unknown[] {
  return items.map((item) => Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('mr_'))))
}

describe('a verification', () => {
  test('finds 1,000 corrupted fields and no others; a repair mends them and nothing else', async () => {
    const random = new Random()
    await history(3, 100)
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    for (const item of (await place.table.comments()).slice(0, 50))
      await place.table.update(item, { ai_response: 'Dear guest' })
    const equal = await runs.verify()
    expect(equal).toMatchObject({ state: 'done', found: { differing: 0, missing: 0, unsettled: 0 }, differences: [] })
    expect(equal.found.equal + equal.found.ignored).toBe(equal.rows)
    const before = await place.table.items()
    const fields = ownedFields(before)
    const chosen = new Set<number>()
    while (chosen.size < 1_000) chosen.add(random.below(fields.length))
    const wanted: string[] = []
    const touched = new Set<Item>()
    const updates: (() => Promise<void>)[] = []
    for (const index of chosen) {
      const { item, name } = fields[index]!
      updates.push(() => place.table.update(item, { [name]: name === 'rating' ? 1_000 + index : `corrupted ${index}` }))
      wanted.push(`${item.pk} ${item.sk} ${name}`)
      touched.add(item)
    }
    await abreast(updates)
    const corrupted = await place.table.items()
    const found = await runs.verify()
    expect(namesOf(found.differences)).toEqual(wanted.toSorted())
    expect(found.found).toMatchObject({ fields: 1_000, missing: 0, mended: 0 })
    expect(new Set(found.differences.map(({ why }) => why))).toEqual(
      new Set(["somebody else wrote into the connector's fields"]),
    )
    expect(await place.table.items()).toEqual(corrupted)
    const repaired = await runs.verify({}, { repair: true })
    expect(namesOf(repaired.differences)).toEqual(wanted.toSorted())
    expect(repaired.found).toMatchObject({ differing: 0, fields: 1_000, mended: found.found.differing })
    const after = await place.table.items()
    expect(withoutMarks(after)).toEqual(withoutMarks(before))
    const others = (items: readonly Item[]) => {
      const names = new Set([...touched].map(({ pk, sk }) => `${pk} ${sk}`))
      return items.filter(({ pk, sk }) => !names.has(`${pk} ${sk}`))
    }
    expect(others(after)).toEqual(others(before))
    expect((await runs.verify()).found).toMatchObject({ differing: 0, missing: 0 })
  })

  test('finds nothing while both sides change', async () => {
    const random = new Random()
    const [venue] = await history(2, 60)
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
    await history(1, 20)
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

  test('says why a row is likely to differ', async () => {
    await history(1, 5)
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

  test('marks the venues that agree, and from when on', async () => {
    const [first, second] = await history(2, 5)
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
    await history(1, 5)
    const runs = new Runs(await place.millrace())
    await runs.done(await runs.backfill({}))
    const verify = (...args: string[]) => runCommand(['verify', ...args], { ...CREDENTIALS, ...place.settings })
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringMatching(/^done: \d+ equal$/mu) })
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
    expect(await verify('--table', 'coment')).toMatchObject({ code: 3, err: expect.stringContaining('mean comment') })
  })

  test('killed again and again amid a repair, it tells and mends each field once', async () => {
    const random = new Random()
    await history(2, 100)
    let millrace = await place.millrace()
    const runs = new Runs(millrace)
    await runs.done(await runs.backfill({}))
    const before = await place.table.items()
    const comments = before.filter((item) => item.entity_type === 'comment')
    await abreast(comments.map((item) => () => place.table.update(item, { comment_text: 'corrupted' })))
    const ordered = await runs.ask('POST', '/api/verify', {
      ...{ connector: 'feedback', repair: true, limits: { rows_per_second: 300 } },
    })
    const { id } = ordered.body as { id: string }
    for (let kill = 0; kill < 6; kill++) {
      await delay(random.below(500))
      await millrace.kill()
      millrace = await place.millrace()
    }
    const again = new Runs(millrace)
    await again.done({ id })
    const view = (await again.ask('GET', `/api/verify/${id}?limit=1000`)).body as VerificationView
    expect(view).toMatchObject({ state: 'done', found: { differing: 0, unsettled: 0, mended: 200 } })
    expect(view.differences).toHaveLength(200)
    expect(view.differences.every(({ mended }) => mended)).toBe(true)
    expect(withoutMarks(await place.table.items())).toEqual(withoutMarks(before))
  })
})

/** A few at a time: one by one they take long. */
async function abreast(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  for (let start = 0; start < tasks.length; start += 50) {
    await Promise.all(tasks.slice(start, start + 50).map((task) => task()))
  }
}

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

function namesOf(differences: readonly { key: readonly string[]; fields: readonly { name: string }[] }[]): string[] {
  return differences.flatMap(({ key, fields }) => fields.map(({ name }) => `${key.join(' ')} ${name}`)).toSorted()
}
