// Whose order a record is part of: its row's.

import { asBuffer } from './as-buffer.ts'

/** As text, so that it can be looked up. */
export function laneOf({ topic, key }: { readonly topic: string; readonly key: Uint8Array }): string {
  return `${topic} ${keyText(key)}`
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** The same for the same lane of a topic; it costs no text, and others may have it, too. */
export function laneNumber(key: Uint8Array): number {
  let sum = FNV_OFFSET
  for (let at = 0; at < key.length; at++) sum = Math.imul(sum ^ (key[at] ?? 0), FNV_PRIME)
  return sum | 0
}

/** The same within one topic. */
export function keyText(key: Uint8Array): string {
  return asBuffer(key).toString('latin1')
}
