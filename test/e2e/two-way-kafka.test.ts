// Both directions through Kafka: products that change on both sides, and replies that go back to the legacy site.

import { expect, test } from 'vitest'
import type { ConflictListView } from '../../src/control/conflict-view.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { openKafka } from '../../src/stack/kafka.ts'
import { ASSESSED, ProductsPlace } from '../support/products-place.ts'
import { StreamTable } from '../support/stream-table.ts'
import { until } from '../support/until.ts'

const PHONE = { lifecycle_stage: 'assessed_approved', assessed: '2025-11-23 18:30:00.000' }

test('products and replies go both ways through Kafka, what is pulled is not sent back, and a killed process loses nothing', async () => {
  await using kafka = await openKafka()
  await using emulator = await openDynoxide()
  using responses = await StreamTable.create(emulator.url, { name: 'encore_feedback_responses', key: ['pk', 'sk'] })
  const settings = { MILLRACE_LOG: kafka.url, MILLRACE_CONNECTORS: 'products,feedback-replies' }
  await using place = await ProductsPlace.open(emulator.url, settings)
  await place.database.query('CREATE TABLE comment (idcomment INT PRIMARY KEY, reply TEXT, date_replied DATETIME)')
  await place.database.query('INSERT INTO comment (idcomment) VALUES (1), (2)')
  const reply = (id: number) => ({
    ...{ pk: 'RESTAURANT#1', sk: `RESPONSE#${id}`, original_review_id: id, response_text: `Thank you, ${id}.` },
    ...{ status: 'approved', approved_at: '2026-01-31T12:00:00Z' },
  })
  const isReplied = async (id: number) => {
    const [row] = await place.database.query(`SELECT reply FROM comment WHERE idcomment = ${id}`)
    return row?.reply === `Thank you, ${id}.` ? true : null
  }

  const first = await place.millrace()
  for (const id of [1, 2, 3]) await place.product(id)
  await responses.put(reply(1))
  await until(() => isReplied(1), { what: 'the first reply' })
  await first.kill()
  await place.table.update({ id: '1' }, ASSESSED)
  await place.table.update({ id: '2' }, ASSESSED)
  const newer = "lifecycle_stage = 'kept', assessed_at = '2025-11-24 08:00:00'"
  await place.database.query(`UPDATE products SET ${newer} WHERE id = 2`)
  await responses.put(reply(2))

  const millrace = await place.millrace()
  await until(() => isReplied(2), { what: 'the second reply' })
  const pulled = async () => ((await place.row(1))?.assessed === null ? null : place.row(1))
  expect(await until(pulled, { what: 'the assessment is in MySQL' })).toMatchObject(PHONE)
  const pushed = async () => ((await place.table.get({ id: '2' }))?.lifecycle_stage === 'kept' ? true : null)
  await until(pushed, { what: 'the newer assessment is in DynamoDB' })
  expect(await place.row(2)).toMatchObject({ lifecycle_stage: 'kept' })
  const listed = async () => {
    const answer = await fetch(`${millrace.url}/api/conflicts`)
    const { conflicts } = (await answer.json()) as ConflictListView
    return conflicts[0]?.connectors.length === 2 ? conflicts : null
  }
  expect(await until(listed, { what: 'the conflict is on record' })).toMatchObject([{ row: '2', verdict: 'mysql' }])

  // A change of each side behind it shows that whatever it set off has been captured.
  await place.database.query("UPDATE products SET title = 'P3, long' WHERE id = 3")
  await place.item(3, 'P3, long')
  await place.table.update({ id: '3' }, ASSESSED)
  await until(async () => ((await place.row(3))?.assessed === null ? null : true), { what: 'the last assessment' })
  const metrics = await (await fetch(`${millrace.url}/metrics`)).text()
  const captured = [...metrics.matchAll(/^millrace_capture_rows_total\{source="([a-z]+)[^}]*table="(\w+)"\} (\d+)/gmu)]
  expect(captured.map(([, source, table, count]) => `${source} ${table} ${count}`).toSorted()).toEqual([
    'dynamodb encore_feedback_responses 1',
    'dynamodb products 3',
    'mysql products 2',
  ])
  expect(await millrace.stop()).toBe(0)
})
