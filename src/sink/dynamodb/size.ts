// The size of an item as DynamoDB counts it. Where its rules are inexact the smaller reading is taken: the local check
// must never refuse what DynamoDB would take.

import type { Attribute, Item } from '../../dynamodb/attribute.ts'

export const ITEM_BYTES_MAX = 400 * 1024

const UNIT_BYTES = 1024

export function itemBytes(item: Item): number {
  let bytes = 0
  for (const name in item) bytes += Buffer.byteLength(name) + attributeBytes(item[name])
  return bytes
}

/** Write capacity units that an item of this size costs. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / UNIT_BYTES))
}

function attributeBytes(attribute: Attribute | undefined): number {
  if (attribute === undefined) return 0
  if (attribute.S !== undefined) return Buffer.byteLength(attribute.S)
  if (attribute.N !== undefined) return numberBytes(attribute.N)
  if (attribute.B !== undefined) return Math.floor((attribute.B.length * 3) / 4) - 2
  if (attribute.M !== undefined) return 3 + itemBytes(attribute.M)
  if (attribute.L !== undefined) return attribute.L.reduce((sum, one) => sum + attributeBytes(one), 3)
  return 1
}

function numberBytes(text: string): number {
  const digits = text.replace(/^-?[0.]*|e.*$|\D/giu, '').replace(/0+$/u, '').length
  return Math.ceil(digits / 2) + 1
}
