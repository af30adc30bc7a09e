// A repair mends exactly what differs, whatever interrupts it.

import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { VerificationView } from '../../src/control/verify-view.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Random } from '../support/random.ts'
import type { Item } from '../support/restaurant-table.ts'
import { Runs } from '../support/runs.ts'

let place: FeedbackPlace
beforeEach(async () => {
  place = await FeedbackPlace.open()
})
afterEach(() => place[Symbol.asyncDispose]())

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

describe('a repair', () => {
  test('finds 1,000 corrupted fields and no others; a repair mends them and nothing else', async () => {
    const random = new Random()
    await feedbackHistory(place.site, { venues: 3, visits: 100 })
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

  test('that is killed again and again tells and mends each field once', async () => {
    const random = new Random()
    await feedbackHistory(place.site, { venues: 2, visits: 100 })
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

function namesOf(differences: readonly { key: readonly string[]; fields: readonly { name: string }[] }[]): string[] {
  return differences.flatMap(({ key, fields }) => fields.map(({ name }) => `${key.join(' ')} ${name}`)).toSorted()
}
