// An item as text: DynamoDB's own JSON, and what has no order there in one of its own, so that equal items are equal
// texts.

import type { Attribute, Item } from '../../dynamodb/attribute.ts'

export function itemText(item: Item): string {
  return JSON.stringify(inOrder(item))
}

function inOrder(item: Item): Item {
  const names = Object.keys(item).sort()
  return Object.fromEntries(names.map((name) => [name, attributeInOrder(item[name] ?? {})]))
}

function attributeInOrder(attribute: Attribute): Attribute {
  const { S, N, M, L, SS, NS, BS } = attribute
  if (S !== undefined || N !== undefined) return attribute
  if (M !== undefined) return { M: inOrder(M) }
  if (L !== undefined) return { L: L.map(attributeInOrder) }
  if (SS !== undefined) return { SS: SS.toSorted() }
  if (NS !== undefined) return { NS: NS.toSorted() }
  return BS === undefined ? attribute : { BS: BS.toSorted() }
}

/** Whether two attributes are the same value; undefined is none. */
export function isSameAttribute(one: Attribute | undefined, other: Attribute | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  if (one.S !== undefined) return one.S === other.S
  if (one.N !== undefined) return one.N === other.N
  return JSON.stringify(attributeInOrder(one)) === JSON.stringify(attributeInOrder(other))
}
