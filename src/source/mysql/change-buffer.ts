// Changes read and not yet handed out. Whole transactions leave together; one that alone fills the buffer leaves in
// parts. Counted in bytes, so that whoever fills it knows when to stop reading.

import type { ChangeEvent } from '../../core/event.ts'
import type { SourceGap } from '../source.ts'

/** What one event costs beside its images: the objects around them. */
const EVENT_BYTES = 600

export class ChangeBuffer {
  readonly #bytesMax: number
  #events: ChangeEvent[] = []
  #gaps: SourceGap[] = []
  #bytes = 0
  #completeCount = 0
  #completeGaps = 0
  #completeBytes = 0
  /** Pushed since the beginning; of them complete, and handed out. */
  #pushed = 0
  #completed = 0
  #taken = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get isFull(): boolean {
    return this.#bytes >= this.#bytesMax
  }
  get hasComplete(): boolean {
    return this.#completeCount > 0 || this.#completeGaps > 0
  }

  push(event: ChangeEvent): void {
    this.#events.push(event)
    this.#bytes += imageBytes(event.parts) + EVENT_BYTES
    this.#pushed++
  }

  /** It leaves with the transaction it is part of, and is never undone: what such a statement did stays. */
  pushGap(gap: SourceGap): void {
    this.#gaps.push(gap)
  }

  takeGaps(): readonly SourceGap[] {
    const gaps = this.#gaps.splice(0, this.#completeGaps)
    this.#completeGaps = 0
    return gaps
  }

  /** What has been pushed so far is committed. */
  complete(): void {
    this.#completed = this.#pushed
    this.#completeCount = this.#events.length
    this.#completeGaps = this.#gaps.length
    this.#completeBytes = this.#bytes
  }

  /** How many were ever pushed, and how many of them are complete: points that `undo` can go back to. */
  get pushed(): number {
    return this.#pushed
  }

  get completed(): number {
    return this.#completed
  }

  /** Forgets what was pushed since then; false when some of it has been handed out. */
  undo(toPushed: number): boolean {
    if (toPushed < this.#taken) return false
    const forgotten = this.#events.splice(toPushed - this.#taken)
    for (const { parts } of forgotten) this.#bytes -= imageBytes(parts) + EVENT_BYTES
    this.#pushed = toPushed
    return true
  }

  /** All complete transactions; when there is none and the buffer is full, the part of one that is there. */
  take(): readonly ChangeEvent[] {
    const count = this.hasComplete ? this.#completeCount : this.#events.length
    const taken = this.#events
    this.#events = taken.splice(count)
    this.#bytes = this.hasComplete ? this.#bytes - this.#completeBytes : 0
    this.#completeCount = 0
    this.#completeBytes = 0
    this.#taken += count
    return taken
  }
}

function imageBytes(parts: ChangeEvent['parts']): number {
  const { keyImage, beforeImage, afterImage } = parts
  return keyImage.bytes.length + (beforeImage?.bytes.length ?? 0) + (afterImage?.bytes.length ?? 0)
}
