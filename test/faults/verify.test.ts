// A verification that mends, broken off in the middle: what is told, what is counted and what is mended stay exact.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { VerificationView } from '../../src/control/verify-view.ts'
import { type DynamodbProxy, openDynamodbProxy } from '../support/dynamodb-proxy.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
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

describe('a repair that is killed when it has mended, and before that is on record', () => {
  test('counts and tells what it had mended', async () => {
    await feedbackHistory(place.site, { venues: 3, visits: 4 })
    const first = await place.millrace()
    await new Runs(first).done(await new Runs(first).backfill({}))
    await place.site.connection.query('SET sql_log_bin = 0')
    await place.site.connection.query('DELETE FROM client WHERE idclient IN (2, 3)')
    await place.site.connection.query('SET sql_log_bin = 1')
    await place.site.venue('opened later')
    await until(async () => ((await place.table.restaurant(4)) === undefined ? null : true), { what: 'it has arrived' })
    loseAnswers()
    const { id } = (await new Runs(first).ask('POST', '/api/verify', { connector: 'feedback', repair: true })).body as {
      id: string
    }
    await until(async () => ((await flagged()) === 2 ? true : null), { what: 'both marked as deleted' })
    await first.kill()
    proxy.plan = () => null
    const runs = new Runs(await place.millrace())
    const { state, found, rows, rows_done, differences } = await verification(runs, id)
    expect({ state, found }).toMatchObject({ state: 'done', found: { differing: 0, unsettled: 0, mended: 2 } })
    expect(differences.map(({ row, mended }) => [row, mended])).toEqual(
      expect.arrayContaining([
        [[2], true],
        [[3], true],
      ]),
    )
    expect(differences).toHaveLength(2)
    expect([rows_done, found.equal + found.mended + found.ignored]).toEqual([rows, rows])
    expect(await flagged()).toBe(2)
  })
})

async function flagged(): Promise<number> {
  return (await place.table.items()).filter((item) => 'mr_deleted_at' in item).length
}

async function verification(runs: Runs, id: string): Promise<VerificationView> {
  await runs.done({ id })
  return (await runs.ask('GET', `/api/verify/${id}?limit=10000`)).body as VerificationView
}
