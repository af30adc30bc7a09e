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

const SETS = ['SS', 'NS', 'BS']

/** Bytes as base64, as DynamoDB itself sends them; what is in no order in one of its own, so that equal items are equal texts. */
function itemJson(item: Image): string {
  return JSON.stringify(item, function (this: Record<string, unknown>, name, value: unknown) {
    const plain = this[name]
    if (plain instanceof Uint8Array) return Buffer.from(plain).toString('base64')
    if (Array.isArray(value)) return SETS.includes(name) ? value.toSorted() : value
    return typeof value === 'object' && value !== null ? sorted(value) : value
  })
}

function sorted(of: object): object {
  return Object.fromEntries(Object.entries(of).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
