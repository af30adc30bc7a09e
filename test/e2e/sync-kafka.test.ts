// A sync where the log has partitions that several processes share: each counts its own rows, and no row is lost or
// counted twice.

import { expect, test } from 'vitest'
import type { AuditView } from '../../src/control/audit-view.ts'
import type { FlowView } from '../../src/control/flow-view.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { expectFeedbackEqual } from '../support/equality.ts'
import { SyncPlace } from '../support/sync-place.ts'
import { until } from '../support/until.ts'

test('a sync is counted exactly over the partitions of Kafka, though a process that delivers is killed', async () => {
  await using kafka = await openKafka()
  await using place = await SyncPlace.open(kafka.url)
  const venues = [await place.site.venue('Opus'), await place.site.venue('Bella')]
  for (const venue of venues) await place.visits(venue, 60)
  const syncs = await place.started()
  const other = await place.millrace(['--role', 'deliver'])
  const job = await syncs.order('all')
  await until(async () => ((await syncs.job(job)).new_comments > 10 ? true : null), { what: 'some were brought' })
  await other.kill()
  expect(await syncs.ended(job)).toMatchObject({ success: true, new_comments: 120, new_customers: 120, errors: [] })
  for (const venue of venues) {
    const stats = { new_customers: 60, new_comments: 60, errors: 0 }
    expect((await syncs.status(venue)).last_sync_stats).toEqual(stats)
    expect(await place.table.restaurant(venue)).toMatchObject({ sync_in_progress: false, last_sync_stats: stats })
  }
  await expectFeedbackEqual(place.site, place.table)
  expect(await syncs.sync('all')).toMatchObject({ new_comments: 0, new_customers: 0, errors: [] })
  const page = async (before = '') => (await syncs.ask('GET', `/api/audit?limit=1${before}`)).body as AuditView
  const newest = await page()
  const order = { by: 'local', action: 'order', kind: 'sync', details: { venue: null, is_new: true } }
  expect(newest.entries).toMatchObject([order])
  expect((await page(`&before=${newest.next}`)).entries).toMatchObject([{ ...order, run: job }])
  const caughtUp = async () => {
    const view = (await syncs.ask('GET', '/api/flow')).body as FlowView
    return view.flows[0]?.lag_records === 0 ? view : null
  }
  expect(await until(caughtUp, { what: 'nothing is to go' })).toMatchObject({
    log: { kind: 'kafka' },
    flows: [{ connector: 'feedback', state: 'running', lag_seconds: 0, dead_letters: 0 }],
  })
}, 120_000)
