// The values a row or an item may hold. No number passes through a float that cannot hold it: integers beyond 2^53 are
// bigint, decimals are their exact text.

export type Value = null | number | bigint | string | Uint8Array
export type Row = Readonly<Record<string, Value>>

/** A number as exact text, for a sink that has exact numbers of its own (DynamoDB's N). */
export class Exact {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What a connector may put into a field of an item. */
export type Field = Value | boolean | Exact | readonly Field[] | { readonly [name: string]: Field }

/** Fields of an item by name. Null at the top means that the item has no such field: a merge removes it. */
export type Fields = Readonly<Record<string, Field>>

/** An integer's text as the narrowest of number and bigint that holds it exactly. */
export function integer(text: string): number | bigint {
  const short = Number(text)
  return Number.isSafeInteger(short) ? short : BigInt(text)
}

/** Null for what is no text, or no whole number. */
export function asText(value: Field | undefined): string | null {
  return typeof value === 'string' ? value : null
}

export function asNumber(value: Field | undefined): number | null {
  const number = typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

/** Wall time as ISO 8601, without a zone where MySQL knows none; zero dates are no date. */
export function asWallTime(value: Value | undefined): string | null {
  if (typeof value !== 'string' || value.startsWith('0000')) return null
  return value.replace(' ', 'T')
}
