// One table that comes from Square: what is asked, how answers become its rows, what of it is read each time, and how rows
// that are gone are known. All of it is data, in the words of Square's reference.

import type { Imported, ImportedField } from '../imported.ts'
import { type Placed, RestSpec, type RestSpecInput } from '../rest-spec.ts'

export interface SquareFlow {
  readonly table: string
  /** Behind the host. */
  readonly path: string
  readonly asks: Omit<RestSpecInput, 'url' | 'each'>
  /** The table that the same is asked for: rows of both are in one answer. */
  readonly walkedWith?: string
  /** Where one object is had by itself, `{name}` being a field of the row, and where in the answer it is. */
  readonly one?: { readonly path: string; readonly item: string }
  /** Square wants locations named in the request: where, and how many at once. */
  readonly locations?: { readonly at: Placed; readonly atOnce: number }
  /** Rows that no path leads to. */
  readonly derived?: 'availability'
  readonly imported: Imported
  /** Fields that name a row of another table, which has to be there first, and whose end is the end of this one. */
  readonly references: Readonly<Record<string, string>>
  readonly reads: SquareReads
  readonly deletes: SquareDeletes
}

/** Everything each time, or what changed within so many milliseconds; `rebuild` fills a new table and swaps it in. */
export type SquareReads = 'all' | 'rebuild' | { readonly changedWithinMs: number }

/**
 * never: rows stay. flagged: Square tells of deleted rows, which come as deletes; after a walk through everything a row that
 * was not seen is gone as well. unseen: the latter alone. The field of a parent: once the parents and then these rows were
 * walked through, a row is gone whose parent has a newer version than it has, for it did not come with it.
 */
export type SquareDeletes = 'never' | 'flagged' | 'unseen' | { readonly withParent: string }

export const CURSOR_IN_BODY = { type: 'cursor', at: { body: 'cursor' }, from: 'cursor' } as const
export const CURSOR_IN_QUERY = { type: 'cursor', at: { query: 'cursor' }, from: 'cursor' } as const
/** Square leaves an empty list out, and tells of errors beside what it has. */
export const SQUARE_LIST = { mayLackItems: true, errors: 'errors' } as const
/** What Square says of when something changed can be seconds late. */
export const OVERLAP_MS = 10 * 60_000

export const ID = { type: 'text', isRequired: true, lengthMax: 192 } as const satisfies ImportedField
export const REFERENCE = { type: 'text', lengthMax: 192 } as const satisfies ImportedField
export const WORD = { type: 'text', lengthMax: 64 } as const satisfies ImportedField
export const NAME = { type: 'text', lengthMax: 512 } as const satisfies ImportedField
export const LONG = { type: 'text', lengthMax: 65_535 } as const satisfies ImportedField
export const WHOLE = { type: 'integer' } as const satisfies ImportedField
export const YES_NO = { type: 'boolean' } as const satisfies ImportedField
export const TIME = { type: 'datetime' } as const satisfies ImportedField
export const JSON_TEXT = { type: 'json' } as const satisfies ImportedField
export const QUANTITY = { type: 'decimal', scale: 5 } as const satisfies ImportedField
export const CURRENCY = { type: 'text', lengthMax: 3 } as const satisfies ImportedField

export interface SquareAsk {
  /** As `https://connect.squareup.com`. */
  readonly url: string
  readonly locations: readonly string[]
  readonly requestsPerSecond: number | null
}

/** The release of Square's API that the flows are written for. */
export const SQUARE_VERSION = '2026-07-15'

export function squareSpec({ path, one, asks, locations }: SquareFlow, ask: SquareAsk): RestSpec {
  const values = locations === undefined ? [] : groups(ask.locations, locations.atOnce)
  return RestSpec.parse({
    ...asks,
    url: `${ask.url}${path}`,
    ...(one === undefined ? {} : { one: { url: `${ask.url}${one.path}`, item: one.item } }),
    headers: { 'Square-Version': SQUARE_VERSION },
    ...(ask.requestsPerSecond === null ? {} : { requestsPerSecond: ask.requestsPerSecond }),
    ...(locations === undefined || values.length === 0 ? {} : { each: { at: locations.at, values } }),
  } satisfies RestSpecInput)
}

function groups(ids: readonly string[], atOnce: number): (string | string[])[] {
  if (atOnce === 1) return [...ids]
  return Array.from({ length: Math.ceil(ids.length / atOnce) }, (_, index) =>
    ids.slice(index * atOnce, (index + 1) * atOnce),
  )
}
