// A file is imported by a process that is killed again and again. Afterwards every row is there once, and counted once, as
// inserted, updated or unchanged.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Kafka, openKafka } from '../../src/stack/kafka.ts'
import { ImportPlace } from '../support/import-place.ts'
import { Random } from '../support/random.ts'

const ROWS = Number(process.env.MILLRACE_TEST_ROWS ?? 20_000)
const KILLS = Number(process.env.MILLRACE_TEST_KILLS ?? 6)
/** Long enough to be disturbed so often. */
const SECONDS = 2 * KILLS

let kafka: Kafka
beforeAll(async () => {
  kafka = await openKafka()
})
afterAll(() => kafka[Symbol.asyncDispose]())

test.each(['file', 'kafka'])(
  `${ROWS} rows through the %s log, killed ${KILLS} times: each is there once, and counted once`,
  async (kind) => {
    const random = new Random()
    await using place = await ImportPlace.open(kind === 'kafka' ? { MILLRACE_LOG: kafka.url } : {})
    const importing = async (price: (row: number) => number, kills: number) => {
      const lines = Array.from({ length: ROWS }, (_, row) => `${row},Item ${row},${price(row)}\n`)
      await writeFile(join(place.folder, 'all.csv'), `external_id,name,price\n${lines.join('')}`)
      const asked = { sourceType: 'csv', sourceIdentifier: 'all.csv', options: { targetTable: 'catalog_items' } }
      const run = await place.trigger(asked)
      if (kills > 0) await place.set(run.id, { limits: { rows_per_second: ROWS / SECONDS } })
      for (let kill = 0; kill < kills; kill++) {
        await delay(random.below((SECONDS * 1_000) / kills))
        await place.killed()
      }
      await place.set(run.id, { limits: { rows_per_second: null } }).catch(() => undefined)
      return place.done(run)
    }
    const first = await importing(() => 1, KILLS)
    expect(first).toMatchObject({ state: 'done', rows: ROWS, tally: { applied: ROWS, rejected: 0 } })
    expect(first.writes['catalog_items inserted']).toBe(ROWS)
    const second = await importing((row) => (row % 2 === 0 ? 1 : 2), KILLS)
    expect(second).toMatchObject({ state: 'done', rows: ROWS, tally: { applied: ROWS / 2, exists: ROWS / 2 } })
    expect(second.writes).toMatchObject({ 'catalog_items updated': ROWS / 2, 'catalog_items unchanged': ROWS / 2 })
    for (const { integrity } of [first, second]) {
      expect(integrity?.filter(({ ok }) => !ok)).toEqual([])
      // Of what was read since the last kill, which may be little.
      const sample = integrity?.find(({ check }) => check === 'sample')
      expect(sample?.expected).toBeGreaterThan(0)
    }
    const [sums] = await place.query('SELECT COUNT(*) AS rows_there, SUM(price) AS prices FROM catalog_items')
    expect(sums).toEqual({ rows_there: ROWS, prices: `${ROWS * 1.5}.00` })
    const runs = await place.query(
      'SELECT items_inserted, items_updated, items_unchanged FROM sync_runs ORDER BY ordered_at',
    )
    expect(runs).toEqual([
      { items_inserted: ROWS, items_updated: 0, items_unchanged: 0 },
      { items_inserted: 0, items_updated: ROWS / 2, items_unchanged: ROWS / 2 },
    ])
  },
  900_000,
)
