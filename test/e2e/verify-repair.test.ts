// A repair mends exactly what differs, whatever interrupts it and whichever log it goes through.

import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { VerificationView } from '../../src/control/verify-view.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { Corruption } from '../support/corruption.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Random } from '../support/random.ts'
import { Runs } from '../support/runs.ts'

async function open(kind: 'file' | 'kafka'): Promise<FeedbackPlace> {
  if (kind === 'file') return opened(await FeedbackPlace.open())
  const kafka = opened(await openKafka())
  return opened(await FeedbackPlace.open({ MILLRACE_LOG: kafka.url }))
}

function opened<Thing extends AsyncDisposable>(thing: Thing): Thing {
  onTestFinished(() => thing[Symbol.asyncDispose]())
  return thing
}

test.each([
  ['file', 1_000],
  ['kafka', 200],
] as const)('on the %s log %i corrupted fields are found, mended, and nothing else', async (kind, count) => {
  const random = new Random()
  const place = await open(kind)
  const { site, table } = place
  await feedbackHistory(site, { venues: 3, visits: count / 10 })
  const runs = new Runs(await place.millrace())
  await runs.done(await runs.backfill({}))
  for (const item of (await table.comments()).slice(0, 50)) await table.update(item, { ai_response: 'Dear guest' })
  const equal = await runs.verify()
  expect(equal).toMatchObject({ state: 'done', found: { differing: 0, missing: 0, unsettled: 0 }, differences: [] })
  expect(equal.found.equal + equal.found.ignored).toBe(equal.rows)
  const corruption = await Corruption.of(table, { random, count })
  const corrupted = await table.items()
  const found = await runs.verify()
  expect(Corruption.namesOf(found.differences)).toEqual(corruption.names)
  expect(found.found).toMatchObject({ fields: count, missing: 0, mended: 0 })
  expect(new Set(found.differences.map(({ why }) => why))).toEqual(
    new Set(["somebody else wrote into the connector's fields"]),
  )
  expect(await table.items()).toEqual(corrupted)
  const repaired = await runs.verify({}, { repair: true })
  expect(Corruption.namesOf(repaired.differences)).toEqual(corruption.names)
  expect(repaired.found).toMatchObject({ differing: 0, fields: count, mended: found.found.differing })
  const { was, is } = corruption.compared(await table.items())
  expect(is).toEqual(was)
  expect((await runs.verify()).found).toMatchObject({ differing: 0, missing: 0 })
})

test('a repair that is killed again and again tells and mends each field once', async () => {
  const random = new Random()
  const place = await open('file')
  await feedbackHistory(place.site, { venues: 2, visits: 100 })
  let millrace = await place.millrace()
  const runs = new Runs(millrace)
  await runs.done(await runs.backfill({}))
  const corruption = await Corruption.of(place.table, { random, count: 300 })
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
  const { rows, rows_done } = await again.done({ id })
  const view = (await again.ask('GET', `/api/verify/${id}?limit=1000`)).body as VerificationView
  expect(view).toMatchObject({ state: 'done', found: { differing: 0, unsettled: 0, fields: 300 } })
  expect(rows_done).toBe(rows)
  expect(Corruption.namesOf(view.differences)).toEqual(corruption.names)
  expect(view.differences.every(({ mended }) => mended)).toBe(true)
  const { was, is } = corruption.compared(await place.table.items())
  expect(is).toEqual(was)
})
