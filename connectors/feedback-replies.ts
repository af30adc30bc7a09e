// Approved responses of the new application go back to the legacy site: each sets the reply of the comment it answers,
// and when that was. Nothing else of the comment is touched, and none is ever made.

import { defineConnector, type Found, type Settings } from '../src/core/connector.ts'
import type { ChangeEvent } from '../src/core/event.ts'
import { itemOf } from '../src/core/item.ts'
import { text } from '../src/core/settings.ts'
import type { Fields } from '../src/core/value.ts'
import type { Write } from '../src/core/write.ts'
import { zonedWallTime } from '../src/core/zoned-wall-time.ts'

const RESPONSES = 'encore_feedback_responses'

export default defineConnector({
  name: 'feedback-replies',
  source: 'dynamodb',
  sink: 'mysql',
  whenNamed: true,
  settings: {
    TIME_ZONE: {
      about: 'The time zone that the legacy site writes its dates in.',
      default: 'UTC',
      check: (zone) => (isZone(zone) ? null : 'a time zone, for example America/New_York'),
    },
  },
  targets: () => ({ comment: { key: ['idcomment'], owns: ['reply', 'date_replied'] } }),
  tables: {
    [RESPONSES]: {
      columns: ['original_review_id', 'response_text', 'status', 'approved_at'],
      map: mapResponse,
    },
  },
})

/** A reply that guests have read stays, whatever becomes of the item. */
function mapResponse(event: ChangeEvent, _found: Found, settings: Settings): readonly Write[] {
  const response = itemOf(event.after)
  if (response?.status !== 'approved' || isSent(itemOf(event.before), response)) return []
  const fields = { reply: replyOf(response), date_replied: repliedAt(response, text(settings.TIME_ZONE)) }
  return [{ do: 'merge', table: 'comment', key: [commentOf(response)], fields, mustExist: 'or-reject', guard: 'reply' }]
}

/** Whatever else of the item changes does not concern the comment. */
function isSent(before: Fields | null, now: Fields): boolean {
  return (
    before?.status === 'approved' &&
    ['original_review_id', 'response_text', 'approved_at'].every((name) => before[name] === now[name])
  )
}

function commentOf({ original_review_id: id }: Fields): string {
  const number = typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : ''
  if (/^[1-9]\d{0,19}$/u.test(number)) return number
  throw new TypeError('original_review_id does not say which comment is answered: it has to be its number')
}

function replyOf({ response_text: reply }: Fields): string {
  if (typeof reply === 'string' && reply.trim() !== '') return reply
  throw new TypeError('response_text is empty: an approved response needs one')
}

function repliedAt({ approved_at: at }: Fields, zone: string): string {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN
  if (Number.isNaN(time)) throw new TypeError('approved_at is no ISO time, for example 2026-01-31T12:00:00Z')
  return zonedWallTime(new Date(time), zone)
}

function isZone(zone: string): boolean {
  try {
    return zonedWallTime(new Date(0), zone) !== ''
  } catch {
    return false
  }
}
