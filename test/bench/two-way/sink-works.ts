// The work that contenders do in MySQL: rows that are new, rows that change, and rows that come again, of products and of
// replies to comments, each as the connectors write them.

import type { Contested } from '../../../src/core/contested.ts'
import type { Fields } from '../../../src/core/value.ts'
import type { Merge } from '../../../src/core/write.ts'

/** A row by its number, and what of it a round sets: the later rounds change what the earlier ones made. */
export type FieldsOf = (id: number, round: number) => Readonly<Record<string, string | number>>

export interface SinkWork {
  readonly title: string
  readonly table: string
  readonly key: string
  readonly create: string
  /** What a table is filled with before, as somebody else does; null where its rows are ours. */
  readonly filled: FieldsOf | null
  readonly fieldsOf: FieldsOf
  /** What a merge says besides. */
  readonly more: (id: number, round: number) => Partial<Merge>
  /** The rounds that are written before the clock runs, and the one that counts. */
  readonly before: readonly number[]
  readonly round: number
}

const PRODUCTS = `CREATE TABLE products (
  id INT UNSIGNED NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL DEFAULT '', price DECIMAL(10,2) NULL, url VARCHAR(400) NULL,
  retailer VARCHAR(100) NULL, clothing_type VARCHAR(60) NULL, last_updated DATETIME NULL,
  lifecycle_stage VARCHAR(40) NULL, modesty_status VARCHAR(40) NULL, shopify_status VARCHAR(40) NULL,
  assessed_at DATETIME(3) NULL, warehouse_note VARCHAR(200) NULL
) DEFAULT CHARSET = utf8mb4`

const COMMENTS = `CREATE TABLE comment (
  idcomment INT UNSIGNED NOT NULL PRIMARY KEY, idsession INT NULL, rating INT NULL, text VARCHAR(2000) NULL,
  date_created DATETIME NULL, reply VARCHAR(2000) NULL, date_replied DATETIME NULL
) DEFAULT CHARSET = utf8mb4`

const TEXT = 'The soup was the best in town, the service friendly, and we shall certainly be back before long. '

function product(id: number, round: number) {
  return {
    title: `Pleated midi dress in washed linen, number ${id}`,
    price: `${(id % 200) + round}.90`,
    url: `https://shop.example/collections/summer/products/pleated-midi-dress-${id}?variant=${id * 7}`,
    retailer: `Retailer ${id % 40}`,
    clothing_type: 'dress',
    last_updated: `2026-01-${String(10 + round)} 12:00:00`,
    ...assessment(id, round),
  }
}

function assessment(id: number, round: number) {
  return {
    lifecycle_stage: round % 2 === 0 ? 'assessed' : 'listed',
    modesty_status: `modest ${(id + round) % 3}`,
    shopify_status: 'not_published',
    assessed_at: `2026-01-${String(10 + round)} 12:00:00.000`,
  }
}

function reply(id: number, round: number) {
  return {
    reply: `Dear guest ${id}, thank you for your words (${round}). ${TEXT}`,
    date_replied: `2026-01-${String(10 + round)} 12:00:00`,
  }
}

function contested(id: number, round: number): readonly Contested[] {
  const fields = Object.keys(assessment(id, round))
  const before: Fields = assessment(id, round - 1)
  return [{ group: 'assessment', row: String(id), policy: 'newest-wins', fields, clock: 'assessed_at', before }]
}

const products = { table: 'products', key: 'id', create: PRODUCTS, filled: null, fieldsOf: product, more: () => ({}) }
const replies = {
  ...{ table: 'comment', key: 'idcomment', create: COMMENTS, fieldsOf: reply },
  filled: (id: number) => ({
    idsession: id,
    rating: id % 6,
    text: TEXT.repeat(2),
    date_created: '2026-01-01 12:00:00',
  }),
  more: (): Partial<Merge> => ({ mustExist: 'or-reject', guard: 'reply' }),
}

export const SINK_WORKS: Readonly<Record<string, SinkWork>> = {
  'products-new': { ...products, title: 'products that are new', before: [], round: 1 },
  'products-changed': { ...products, title: 'products that changed', before: [1], round: 2 },
  'products-assessed': {
    ...{ ...products, title: 'assessments of products, which both sides own', before: [1], round: 2 },
    ...{ filled: (id: number) => product(id, 0), fieldsOf: assessment },
    more: (id, round) => ({ mustExist: 'or-pass', contested: contested(id, round) }),
  },
  'products-again': { ...products, title: 'products that come again', before: [1], round: 1 },
  'replies-first': { ...replies, title: 'replies to comments', before: [], round: 1 },
  'replies-changed': { ...replies, title: 'replies that changed', before: [1], round: 2 },
  'replies-again': { ...replies, title: 'replies that come again', before: [1], round: 1 },
}
