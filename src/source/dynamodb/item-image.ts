// An item's image as a row image: its key attributes, and DynamoDB's own JSON of all of it.

import type { AttributeValue } from '@aws-sdk/client-dynamodb-streams'
import { encodeRow, RowImage } from '../../core/image.ts'
import { ITEM_COLUMN } from '../../core/item.ts'
import { keyShape, type TableShape } from '../../core/table.ts'
import type { Row, Value } from '../../core/value.ts'
import type { Image } from './is-foreign.ts'

export function itemImage(shape: TableShape, item: Image): RowImage {
  return new RowImage(shape, encodeRow(shape, { ...keyRow(shape, item), [ITEM_COLUMN]: itemJson(item) }))
}

export function keyImage(shape: TableShape, key: Image): RowImage {
  const ofKey = keyShape(shape)
  return new RowImage(ofKey, encodeRow(ofKey, keyRow(shape, key)))
}

function keyRow({ key }: TableShape, item: Image): Row {
  return Object.fromEntries(key.map((name) => [name, scalar(item[name])]))
}

function scalar(value: AttributeValue | undefined): Value {
  return value?.S ?? value?.N ?? value?.B ?? null
}

/** Bytes as base64, as DynamoDB itself sends them. */
function itemJson(item: Image): string {
  return JSON.stringify(item, function (this: Record<string, unknown>, name, value: unknown) {
    const plain = this[name]
    return plain instanceof Uint8Array ? Buffer.from(plain).toString('base64') : value
  })
}
