import { expect, test } from 'vitest'
import { CANARY } from '../../../src/core/canary.ts'
import { itemOf, itemShape } from '../../../src/core/item.ts'
import { streamEvent } from '../../../src/source/dynamodb/stream-event.ts'
import type { StreamRecord } from '../../../src/source/dynamodb/stream-record.ts'

const numbered = itemShape('orders', [
  { name: 'number', type: 'N' },
  { name: 'sk', type: 'S' },
])
const named = itemShape('replies', [
  { name: 'pk', type: 'S' },
  { name: 'sk', type: 'S' },
])
const options = { epoch: 1, origin: 'dynamodb', shard: 's', sinceMs: 0 }

function record(key: Readonly<Record<string, object>>, fields: Readonly<Record<string, object>> = {}): StreamRecord {
  const dynamodb = { Keys: key, NewImage: { ...key, ...fields }, SequenceNumber: '7' }
  return { eventName: 'INSERT', dynamodb } as StreamRecord
}

const sung = record(
  { pk: { S: 'MILLRACE#CANARY#replies' }, sk: { S: 'MILLRACE#CANARY#replies' } },
  { [CANARY]: { S: '99' } },
)

test('a canary is a change of a table of its own, whatever the key of the table that it was put into', () => {
  const event = streamEvent(sung, { ...options, shape: named, hearsCanary: true })
  expect([event?.table, event?.key]).toEqual([CANARY, { id: 'MILLRACE#CANARY#replies' }])
  expect(itemOf(event?.after ?? null)?.[CANARY]).toBe('99')
})

test('where none is listened to it is nobody’s change', () => {
  expect(streamEvent(sung, { ...options, shape: named, hearsCanary: false })).toBeNull()
})

test.each([true, false])(
  'everything else is a change of its table, also where the key begins with a number',
  (hearsCanary) => {
    const reply = streamEvent(record({ pk: { S: 'RESTAURANT#1' }, sk: { S: 'MILLRACE#CANARY' } }), {
      ...{ ...options, shape: named, hearsCanary },
    })
    expect([reply?.table, reply?.key]).toEqual(['replies', { pk: 'RESTAURANT#1', sk: 'MILLRACE#CANARY' }])
    const order = streamEvent(record({ number: { N: '7' }, sk: { S: 'a' } }), {
      ...options,
      shape: numbered,
      hearsCanary,
    })
    expect(order?.table).toBe('orders')
  },
)
