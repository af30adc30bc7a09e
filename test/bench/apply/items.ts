// The items that apply contenders write: comments of restaurants, about 700 bytes with their bookkeeping.

import { position } from '../../../src/core/position.ts'
import type { Fields } from '../../../src/core/value.ts'
import type { ItemKey } from '../../../src/core/write.ts'
import type { PlacedWrite } from '../../../src/sink/sink.ts'

export const KEYS = ['pk', 'sk'] as const
export const TOPIC = 'millrace.app.comment'

const TEXT = 'The soup was the best in town, the service friendly, and we shall certainly be back before long. '
const RESTAURANTS = 50

export function keyOf(id: number): ItemKey {
  const hex = id.toString(16).padStart(12, '0')
  return [
    `RESTAURANT#${id % RESTAURANTS}`,
    `CUSTOMER#6f0c5a52-6f4e-5d0b-9a1c-${hex}#COMMENT#9a1c5a52-6f4e-5d0b-6f0c-${hex}`,
  ]
}

export function fieldsOf(id: number): Fields {
  return {
    entity_type: 'comment',
    comment_id: `9a1c5a52-6f4e-5d0b-6f0c-${id}`,
    client_id: id % RESTAURANTS,
    comment_text: TEXT.repeat(2),
    rating: id % 6,
    date_created: '2025-11-28T14:30:00',
    device_info: 'iPhone 17, Safari',
    session_info: `table ${id % 40}`,
    original_review_id: id,
  }
}

export const OWNS: readonly string[] = Object.keys(fieldsOf(0))

/** The bookkeeping of the record that an item comes from. */
export function placeOf(id: number): Omit<PlacedWrite, 'write'> {
  const cursor = { topic: TOPIC, topicId: 'bench', partition: 0, offset: id }
  return {
    position: position(1, [{ value: id, digits: 28 }]),
    cursor,
    lane: `${TOPIC} ${id}`,
    reader: 'bench',
    since: 0,
  }
}
