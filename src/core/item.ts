// An item of DynamoDB as a row: its key attributes, and all of it as DynamoDB's own JSON, for items of one table need
// not have anything else in common.

import type { TableShape } from './table.ts'
import { Exact, type Field, type Fields, integer, type Row } from './value.ts'

/** The first part of a topic's name, where a database's stands for tables of MySQL. */
export const ITEMS_DATABASE = 'dynamodb'
/** The column that holds the whole item. */
export const ITEM_COLUMN = 'mr_item'

export interface KeyAttribute {
  readonly name: string
  readonly type: 'S' | 'N' | 'B'
}

const KINDS = { S: 'text', N: 'decimal', B: 'bytes' } as const

export function itemShape(table: string, key: readonly KeyAttribute[]): TableShape {
  return {
    database: ITEMS_DATABASE,
    name: table,
    key: key.map(({ name }) => name),
    columns: [
      ...key.map(({ name, type }) => ({ name, kind: KINDS[type], type })),
      { name: ITEM_COLUMN, kind: 'json', type: 'item' },
    ],
  }
}

/** When the row that an item stands for was deleted; millrace's own. */
export const DELETED_MARK = 'mr_deleted_at'

/** How the names begin under which an item keeps the positions of its rows; millrace's own. */
export const POSITION_MARK = 'mr_position'

/** Whether nothing but notes of others is left of it. */
export function isDeleted(item: Fields): boolean {
  return DELETED_MARK in item
}

/** The fields of the item that a row stands for; null where there is none. */
export function itemOf(row: Row | null): Fields | null {
  const text = row?.[ITEM_COLUMN]
  if (typeof text !== 'string') return null
  return fieldsOf(JSON.parse(text))
}

/** In place, for speed: nobody else has it. */
function fieldsOf(item: Record<string, unknown>): Fields {
  for (const name of Object.keys(item)) item[name] = fieldOf(item[name] as Tagged)
  return item as Fields
}

/** DynamoDB's own form of a value: its type, and the value as text. */
type Tagged = Readonly<Record<string, unknown>>

function fieldOf(tagged: Tagged): Field {
  // Most are.
  if (typeof tagged.S === 'string') return tagged.S
  const [type, value] = Object.entries(tagged)[0] ?? []
  switch (type) {
    case 'BOOL':
      return value as boolean
    case 'N':
      return numberOf(value as string)
    case 'B':
      return Uint8Array.from(Buffer.from(value as string, 'base64'))
    case 'L':
      return (value as Tagged[]).map(fieldOf)
    case 'M':
      return fieldsOf(value as Record<string, unknown>)
    case 'SS':
      return value as readonly string[]
    case 'NS':
      return (value as readonly string[]).map(numberOf)
    case 'BS':
      return (value as readonly string[]).map((one) => Uint8Array.from(Buffer.from(one, 'base64')))
    default:
      return null
  }
}

function numberOf(text: string): Field {
  return /^-?\d+$/u.test(text) ? integer(text) : new Exact(text)
}
