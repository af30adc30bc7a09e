// Whose change a record is, in the forms that AWS and the emulators have for it.

import { expect, test } from 'vitest'
import { isForeign } from '../../../src/source/dynamodb/is-foreign.ts'

const OLD = { id: { S: 'a' }, title: { S: 'old' } }
const REMOVED = { Keys: { id: { S: 'a' } }, OldImage: OLD }
const SERVICE = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }

test.each([
  ['a removal by an application', true, { eventName: 'REMOVE', dynamodb: REMOVED }],
  ['an expiry on AWS', false, { eventName: 'REMOVE', userIdentity: SERVICE, dynamodb: REMOVED }],
  ['an expiry on DynamoDB Local', false, { eventName: 'TTL_REMOVE', dynamodb: REMOVED }],
  ['an expiry without a name', false, { dynamodb: REMOVED }],
  ['a change', true, { eventName: 'MODIFY', dynamodb: { OldImage: OLD, NewImage: { ...OLD, title: { S: 'new' } } } }],
  ['a field that went', true, { eventName: 'MODIFY', dynamodb: { OldImage: OLD, NewImage: { id: { S: 'a' } } } }],
  ['a write that changed nothing', false, { eventName: 'MODIFY', dynamodb: { OldImage: OLD, NewImage: OLD } }],
  ['a write that changed notes alone', false, mark({}, { mr_cursor: { S: 'x' } })],
  ['notes that were all taken away', false, mark({ mr_cursor: { S: 'x' } }, {})],
  ['a position that came', false, { ...mark({}, { mr_position: { S: '1' }, title: { S: 'x' } }) }],
  ['a position that stayed', true, mark({ mr_position: { S: '1' } }, { mr_position: { S: '1' }, title: { S: 'x' } })],
  [
    'a position that went back',
    true,
    mark({ mr_position: { S: '2' } }, { mr_position: { S: '1' }, title: { S: 'x' } }),
  ],
  ['a position that was lost', true, mark({ mr_position: { S: '2' } }, { title: { S: 'x' } })],
  ['a count', false, mark({}, { mr_counted_r_t_0: { N: '1' }, total: { N: '1' } })],
  ['a count that was taken away', true, mark({ mr_counted_r_t_0: { N: '1' } }, { total: { N: '1' } })],
  ['the birth mark on an item that was there', true, mark({}, { mr_created: { S: 'x' }, title: { S: 'x' } })],
  ['an item born with nothing but its mark', false, { eventName: 'INSERT', dynamodb: { NewImage: born() } }],
])('%s', (_what, isTheirs, record) => {
  expect(isForeign(record, ['id'])).toBe(isTheirs)
})

function mark(before: object, after: object) {
  return { eventName: 'MODIFY', dynamodb: { OldImage: { ...OLD, ...before }, NewImage: { ...OLD, ...after } } }
}

function born() {
  return { id: { S: 'claim' }, holder: { S: 'a' }, mr_created: { S: 'x' } }
}
