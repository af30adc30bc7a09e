// One page of a walk through a table: the items that stand for something of ours, whole and as they are now.

import { CANARY } from '../../core/canary.ts'
import type { Item } from '../../dynamodb/attribute.ts'
import { CURSOR, DELETED_AT } from '../../dynamodb/bookkeeping.ts'
import type { ItemsPage, ItemsRequest } from '../sink.ts'
import { fromItem } from './attributes.ts'
import type { CallIo } from './call-io.ts'

export async function itemsPage(io: CallIo, { table, after, itemsMax }: ItemsRequest): Promise<ItemsPage> {
  const { Items: items = [], LastEvaluatedKey: last } = await io.send<Scanned>('Scan', {
    TableName: table,
    ConsistentRead: true,
    Limit: itemsMax,
    FilterExpression: 'attribute_exists(#c) AND attribute_not_exists(#d) AND attribute_not_exists(#y)',
    ExpressionAttributeNames: { '#c': CURSOR, '#d': DELETED_AT, '#y': CANARY },
    ...(after === null ? {} : { ExclusiveStartKey: io.targets.key({ table, key: after }) }),
  })
  return {
    items: items.map((item) => ({ key: io.targets.keyOf(table, item), fields: fromItem(item) })),
    next: last === undefined ? null : io.targets.keyOf(table, last),
  }
}

interface Scanned {
  readonly Items?: readonly Item[]
  readonly LastEvaluatedKey?: Item
}
