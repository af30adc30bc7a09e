// What the mark item says of an adoption that is done.

import type { Item } from '../../dynamodb/attribute.ts'
import { ADOPTED } from '../../dynamodb/bookkeeping.ts'

export interface AdoptionMark {
  /** Names the chunks of known numbers: each attempt has its own, so that a late one never changes what another relies on. */
  readonly attempt: string
  readonly chunks: number
  /** No known number is greater; null when there is none. */
  readonly greatest: number | null
  /** The record for which the partition was adopted, as text: with it the clashes found are reported, also when it repeats. */
  readonly record: string
}

export function toMark({ attempt, chunks, greatest, record }: AdoptionMark): Item {
  const numbers = { chunks: { N: String(chunks) }, ...(greatest === null ? {} : { greatest: { N: String(greatest) } }) }
  return { [ADOPTED]: { M: { attempt: { S: attempt }, record: { S: record }, ...numbers } } }
}

export function fromMark(item: Item | null): AdoptionMark | null {
  const map = item?.[ADOPTED]?.M
  if (map === undefined) return null
  const greatest = map.greatest?.N
  return {
    attempt: map.attempt?.S ?? '',
    chunks: Number(map.chunks?.N),
    greatest: greatest === undefined ? null : Number(greatest),
    record: map.record?.S ?? '',
  }
}
