// Which row a write is for: its key's values as the columns hold them, and one text for them.

import type { Value } from '../../core/value.ts'
import type { ItemKey } from '../../core/write.ts'
import { Rejection } from '../rejection.ts'
import { heldValue } from './held-value.ts'
import type { TargetShape } from './target-column.ts'

const BYTES_MAX = 700

export interface RowKey {
  readonly shape: TargetShape
  readonly key: ItemKey
  readonly values: readonly Value[]
  /** The same for the same row of the table, and for no other. */
  readonly text: string
}

export function rowKey(shape: TargetShape, key: ItemKey): RowKey {
  const values = shape.key.map((column, at) => heldValue(column, key[at] ?? null))
  const text = keyText(values)
  // No character has more than three bytes for each unit of the text.
  if (text.length * 3 > BYTES_MAX && Buffer.byteLength(text) > BYTES_MAX)
    throw new Rejection(`its key is over the ${BYTES_MAX} bytes that are kept of one`)
  return { shape, key, values, text }
}

export function keyText(values: readonly Value[]): string {
  const [only] = values
  if (values.length === 1 && typeof only === 'string') return only
  const texts = values.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value),
  )
  return texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts)
}

/** A row's key from the text that is kept of it. */
export function keyOfText(shape: TargetShape, text: string): RowKey {
  const parts = shape.key.length === 1 ? [text] : (JSON.parse(text) as string[])
  return rowKey(shape, parts as unknown as ItemKey)
}
