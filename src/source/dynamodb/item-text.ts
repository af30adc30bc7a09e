// An item as text: DynamoDB's own JSON, and what has no order there in one of its own, so that equal items are equal
// texts.

import type { Attribute, Item } from '../../dynamodb/attribute.ts'

export function itemText(item: Item): string {
  let text = ''
  for (const name of Object.keys(item).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${attributeText(item[name] ?? {})}`
  }
  return `{${text}}`
}

function attributeText(attribute: Attribute): string {
  const { S, N, M, L, SS, NS, BS } = attribute
  if (S !== undefined) return `{"S":${JSON.stringify(S)}}`
  if (N !== undefined) return `{"N":${JSON.stringify(N)}}`
  if (M !== undefined) return `{"M":${itemText(M)}}`
  if (L !== undefined) return `{"L":[${L.map(attributeText).join(',')}]}`
  const set = SS ?? NS ?? BS
  if (set === undefined) return JSON.stringify(attribute)
  return `{"${Object.keys(attribute)[0]}":${JSON.stringify(set.toSorted())}}`
}

/** Whether two attributes are the same value; undefined is none. */
export function isSameAttribute(one: Attribute | undefined, other: Attribute | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  if (one.S !== undefined) return one.S === other.S
  if (one.N !== undefined) return one.N === other.N
  return attributeText(one) === attributeText(other)
}
