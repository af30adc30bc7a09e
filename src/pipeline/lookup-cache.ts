// Rows that were looked up, kept for later events. An entry may answer an event only if it was read when the source
// stood at the event's position or after it; so nothing has to be invalidated, in this process or in others.

import type { Position } from '../core/position.ts'
import type { Row } from '../core/value.ts'

export interface CachedRows {
  readonly rows: readonly Row[]
  readonly asOf: Position
}

/** A cache that processes share. It may forget and it may be slow to learn, but it never throws. */
export interface SharedCache {
  get(keys: readonly string[]): Promise<readonly (CachedRows | null)[]>
  put(entries: ReadonlyMap<string, CachedRows>): void
}

const ENTRY_OVERHEAD_BYTES = 200

/** Least recently used first out, bounded in bytes. */
export class LookupCache {
  readonly #bytesMax: number
  readonly #entries = new Map<string, { cached: CachedRows; bytes: number }>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get(key: string, notBefore: Position): CachedRows | null {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.cached.asOf < notBefore) return null
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.cached
  }

  put(key: string, cached: CachedRows): void {
    const before = this.#entries.get(key)
    if (before !== undefined && before.cached.asOf > cached.asOf) return
    this.#forget(key)
    const bytes = ENTRY_OVERHEAD_BYTES + key.length * 2 + cached.rows.reduce((sum, row) => sum + bytesOf(row), 0)
    this.#entries.set(key, { cached, bytes })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) break
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0
    this.#entries.delete(key)
  }
}

function bytesOf(row: Row): number {
  let bytes = 64
  for (const [name, value] of Object.entries(row)) {
    bytes +=
      name.length + (typeof value === 'string' ? value.length * 2 : value instanceof Uint8Array ? value.length : 8)
  }
  return bytes
}
