// Fields of a connector as DynamoDB's attributes and back, with every number exact. What DynamoDB could not hold is
// refused here by field name, before a request is made.

import { asBuffer } from '../../core/as-buffer.ts'
import { Exact, type Field, type Fields } from '../../core/value.ts'
import type { Attribute, Item } from '../../dynamodb/attribute.ts'
import { Rejection } from '../rejection.ts'

/** DynamoDB allows 32 levels of nesting. */
const DEPTH_MAX = 32

/** The attributes of fields that are not null. */
export function toItem(fields: Fields): Item {
  const item: Item = {}
  for (const [name, field] of Object.entries(fields)) {
    if (field !== null) item[name] = toAttribute(field, { name, depth: 1 })
  }
  return item
}

interface Place {
  readonly name: string
  readonly depth: number
}

export function toAttribute(field: Field, at: Place): Attribute {
  switch (typeof field) {
    case 'string':
      return { S: wellFormed(field, at) }
    case 'number':
      if (!Number.isFinite(field)) throw new Rejection(`${at.name} is ${field}, which no number attribute can hold`)
      return { N: String(field) }
    case 'bigint':
      return { N: field.toString() }
    case 'boolean':
      return { BOOL: field }
    case 'object':
      return field === null ? { NULL: true } : toObjectAttribute(field, at)
    default:
      throw new Rejection(`${at.name} is ${typeof field}, which is not a value`)
  }
}

function toObjectAttribute(field: Extract<Field, object>, at: Place): Attribute {
  if (field instanceof Exact) return { N: field.text }
  if (field instanceof Uint8Array) return { B: toBase64(field) }
  if (at.depth >= DEPTH_MAX) throw new Rejection(`${at.name} is nested deeper than ${DEPTH_MAX} levels`)
  const depth = at.depth + 1
  if (isList(field)) return { L: field.map((one, index) => toAttribute(one, { name: `${at.name}[${index}]`, depth })) }
  const map: Item = {}
  for (const [name, one] of Object.entries(field)) {
    map[wellFormed(name, at)] = toAttribute(one, { name: `${at.name}.${name}`, depth })
  }
  return { M: map }
}

function isList(field: Extract<Field, object>): field is readonly Field[] {
  return Array.isArray(field)
}

/** Half a surrogate pair has no UTF-8 form: sent as it is, something else would be stored in silence. */
function wellFormed(text: string, at: Place): string {
  if (!text.isWellFormed()) throw new Rejection(`${at.name} holds half a surrogate pair, which is not valid Unicode`)
  return text
}

export function fromItem(item: Item): Record<string, Field> {
  return Object.fromEntries(Object.entries(item).map(([name, attribute]) => [name, fromAttribute(attribute)]))
}

function fromAttribute(attribute: Attribute): Field {
  if (attribute.S !== undefined) return attribute.S
  if (attribute.N !== undefined) return fromNumber(attribute.N)
  if (attribute.BOOL !== undefined) return attribute.BOOL
  if (attribute.B !== undefined) return fromBase64(attribute.B)
  if (attribute.M !== undefined) return fromItem(attribute.M)
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute)
  if (attribute.NS !== undefined) return attribute.NS.map(fromNumber)
  return attribute.SS ?? attribute.BS?.map(fromBase64) ?? null
}

function fromNumber(text: string): Field {
  const short = Number(text)
  if (String(short) === text) return short
  return /^-?\d+$/u.test(text) ? BigInt(text) : new Exact(text)
}

export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64')
}

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
