// Whose order a record is part of: its row's.

import { asBuffer } from './as-buffer.ts'

/** As text, so that it can be looked up. */
export function laneOf({ topic, key }: { readonly topic: string; readonly key: Uint8Array }): string {
  return `${topic} ${keyText(key)}`
}

/** The same within one topic. */
export function keyText(key: Uint8Array): string {
  return asBuffer(key).toString('latin1')
}
