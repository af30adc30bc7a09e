// What a source has yielded and the log has not taken yet: bounded in bytes, so that the source waits instead of memory
// growing, and taken in one go, so that the slower the log the larger its batches.

import type { SourceBatch } from '../source/source.ts'

const EVENT_OVERHEAD_BYTES = 256

interface Waiting {
  readonly batch: SourceBatch
  readonly bytes: number
}

export class Inbox {
  readonly #bytesMax: number
  readonly #signal: AbortSignal
  #waiting: Waiting[] = []
  #bytes = 0
  #failure: Error | null = null
  #wake: (() => void)[] = []

  /** Nobody waits any more once the signal has aborted. */
  constructor(bytesMax: number, signal: AbortSignal) {
    this.#bytesMax = bytesMax
    this.#signal = signal
    signal.addEventListener('abort', () => this.#changed(), { once: true })
  }

  /** Resolves when there is room for more. */
  async put(batch: SourceBatch): Promise<void> {
    const bytes = bytesOf(batch)
    this.#waiting.push({ batch, bytes })
    this.#bytes += bytes
    this.#changed()
    while (this.#bytes > this.#bytesMax && !this.#signal.aborted) await this.#change()
  }

  /** Nothing follows. Whoever takes gets all that was put before, then this. */
  fail(failure: Error): void {
    this.#failure = failure
    this.#changed()
  }

  /** Up to `bytesMax`, but at least one batch: waits for it. None after the signal. */
  async take(bytesMax: number): Promise<readonly SourceBatch[]> {
    while (this.#waiting.length === 0 && this.#failure === null && !this.#signal.aborted) await this.#change()
    if (this.#signal.aborted) return []
    if (this.#waiting.length === 0 && this.#failure !== null) throw this.#failure
    let bytes = 0
    let count = 0
    for (const one of this.#waiting) {
      if (count > 0 && bytes + one.bytes > bytesMax) break
      bytes += one.bytes
      count += 1
    }
    const taken = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    this.#bytes -= bytes
    this.#changed()
    return taken.map(({ batch }) => batch)
  }

  #change(): Promise<void> {
    return new Promise((wake) => this.#wake.push(wake))
  }

  #changed(): void {
    const wake = this.#wake
    this.#wake = []
    for (const one of wake) one()
  }
}

function bytesOf({ events }: SourceBatch): number {
  let bytes = 0
  for (const { parts } of events) {
    const { keyImage, beforeImage, afterImage } = parts
    bytes += keyImage.bytes.length + (beforeImage?.bytes.length ?? 0) + (afterImage?.bytes.length ?? 0)
    bytes += EVENT_OVERHEAD_BYTES
  }
  return bytes
}
