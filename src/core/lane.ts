// Whose order a record is part of: its row's.

/** As text, so that it can be looked up. */
export function laneOf({ topic, key }: { readonly topic: string; readonly key: Uint8Array }): string {
  return `${topic} ${keyText(key)}`
}

/** The same within one topic. */
export function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}
