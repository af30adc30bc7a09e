// Two processes of the real command share a stream; one is killed, and the other goes on alone.

import { expect, test } from 'vitest'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { FeedbackPlace } from '../support/feedback-place.ts'
import { Millrace } from '../support/millrace.ts'
import { StreamTable } from '../support/stream-table.ts'
import { until } from '../support/until.ts'

const RESPONSES = { name: 'encore_feedback_responses', key: ['pk', 'sk'] }

interface Ready {
  readonly parts: readonly { readonly part: string; readonly partitions: number | null }[]
}

test('each of two processes reads a slice; when one is killed the other reads both', async () => {
  await using emulator = await openDynoxide()
  using responses = await StreamTable.create(emulator.url, RESPONSES)
  await using place = await FeedbackPlace.open()
  const { MILLRACE_FEEDBACK_TABLE: _unused, ...settings } = place.settings
  await place.database.query(
    "INSERT INTO comment (idcomment, iddatasession, comment, date_entered) VALUES (1, 1, 'Cold soup', NOW()), (2, 1, 'Warm soup', NOW())",
  )
  const both = {
    ...settings,
    MILLRACE_MYSQL_URL: place.database.adminUrl,
    MILLRACE_DYNAMODB_ENDPOINT: emulator.url,
    MILLRACE_CONNECTORS: 'feedback-replies',
    MILLRACE_STREAM_SLICES: '2',
  }
  const answer = async (review: number, text: string) => {
    const response = { pk: 'RESTAURANT#1', sk: `RESPONSE#${review}`, original_review_id: review, response_text: text }
    await responses.put({ ...response, status: 'approved', approved_at: '2026-01-31T12:00:00Z' })
    const replies = () => place.database.query(`SELECT reply FROM comment WHERE idcomment = ${review}`)
    await until(async () => ((await replies())[0]?.reply === text ? true : null), { what: `the reply to ${review}` })
  }
  const held = async ({ url }: Millrace) => {
    const { parts } = (await (await fetch(`${url}/health/ready`)).json()) as Ready
    return parts.find(({ part }) => part === 'capture dynamodb')?.partitions
  }
  const holds = (millrace: Millrace, slices: number) =>
    until(async () => ((await held(millrace)) === slices ? true : null), { what: `it reads ${slices} slices` })

  await using first = await (await Millrace.start(both)).ready()
  await holds(first, 2)
  await using second = await (await Millrace.start(both)).ready()
  await Promise.all([holds(first, 1), holds(second, 1)])
  await answer(1, 'We are sorry.')
  await first.kill()
  await holds(second, 2)
  await answer(2, 'Thank you.')
  await second.ready()
  expect(await held(second)).toBe(2)
})
