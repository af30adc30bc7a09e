// An item's image as a row image: its key attributes, and DynamoDB's own JSON of all of it.

import { encodeRow, RowImage } from '../../core/image.ts'
import { ITEM_COLUMN } from '../../core/item.ts'
import { keyShape, type TableShape } from '../../core/table.ts'
import type { Row, Value } from '../../core/value.ts'
import type { Attribute, Item } from '../../dynamodb/attribute.ts'
import { itemText } from './item-text.ts'

export function itemImage(shape: TableShape, item: Item): RowImage {
  return new RowImage(shape, encodeRow(shape, { ...keyRow(shape, item), [ITEM_COLUMN]: itemText(item) }))
}

export function keyImage(shape: TableShape, key: Item): RowImage {
  const ofKey = keyShape(shape)
  return new RowImage(ofKey, encodeRow(ofKey, keyRow(shape, key)))
}

function keyRow({ key }: TableShape, item: Item): Row {
  return Object.fromEntries(key.map((name) => [name, scalar(item[name])]))
}

function scalar(attribute: Attribute | undefined): Value {
  if (attribute?.B !== undefined) return Buffer.from(attribute.B, 'base64')
  return attribute?.S ?? attribute?.N ?? null
}
