// Approved responses reach the legacy site, and nothing else of it is touched.

import { expect, test } from 'vitest'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Millrace } from '../support/millrace.ts'
import { StreamTable } from '../support/stream-table.ts'
import { until } from '../support/until.ts'

const RESPONSES = { name: 'encore_feedback_responses', key: ['pk', 'sk'] }

test('an approved response becomes the reply of its comment, a draft does not, and one without a comment waits for a person', async () => {
  await using emulator = await openDynoxide()
  using responses = await StreamTable.create(emulator.url, RESPONSES)
  await using place = await FeedbackPlace.open()
  const { MILLRACE_FEEDBACK_TABLE: _unused, ...settings } = place.settings
  await place.database.query(
    "INSERT INTO comment (idcomment, iddatasession, comment, date_entered) VALUES (1, 1, 'Cold soup', NOW()), (2, 1, 'Warm soup', NOW())",
  )
  await using millrace = await Millrace.start({
    ...settings,
    MILLRACE_MYSQL_URL: place.database.adminUrl,
    MILLRACE_DYNAMODB_ENDPOINT: emulator.url,
    MILLRACE_CONNECTORS: 'feedback-replies',
    MILLRACE_FEEDBACK_REPLIES_TIME_ZONE: 'America/New_York',
  })
  await millrace.ready()
  const response = { pk: 'RESTAURANT#1', response_text: 'We are sorry.', approved_at: '2026-01-31T12:00:00Z' }
  await responses.put({ ...response, sk: 'RESPONSE#b', original_review_id: 2, status: 'draft' })
  await responses.put({ ...response, sk: 'RESPONSE#c', original_review_id: 99, status: 'approved' })
  await responses.put({ ...response, sk: 'RESPONSE#a', original_review_id: 1, status: 'approved' })
  const rows = () =>
    place.database.query('SELECT idcomment, comment, reply, CAST(date_replied AS CHAR) AS at FROM comment')
  await until(async () => (await rows()).some(({ reply }) => reply !== null) || null, { what: 'the reply is there' })
  expect(await rows()).toEqual([
    { idcomment: 1, comment: 'Cold soup', reply: 'We are sorry.', at: '2026-01-31 07:00:00' },
    { idcomment: 2, comment: 'Warm soup', reply: null, at: null },
  ])
  const dead = await until(
    async () => {
      const listing = (await (await fetch(`${millrace.url}/api/dead`)).json()) as { total: number; letters: unknown[] }
      return listing.total > 0 ? listing : null
    },
    { what: 'the response without a comment is a dead letter' },
  )
  expect(JSON.stringify(dead)).toContain('comment [99]')
})
