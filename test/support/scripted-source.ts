// A source that yields what a test pushes, and resumes from a bookmark as a real one does.

import type { ChangeEvent } from '../../src/core/event.ts'
import type { Bookmark, ChangeSource, SourceBatch, SourceGap } from '../../src/source/source.ts'

export class ScriptedSource implements ChangeSource {
  readonly name: string
  readonly #batches: SourceBatch[] = []
  #wake: (() => void)[] = []
  /** Where each call of `changes` began. */
  readonly starts: (Bookmark | null)[] = []
  /** How many batches were handed out, over all calls. */
  yielded = 0
  /** Thrown once, instead of the next batch. */
  fault: Error | null = null

  constructor(name = 'scripted') {
    this.name = name
  }

  push(...events: readonly ChangeEvent[]): void {
    this.#add({ events })
  }

  pushGap(gap: SourceGap): void {
    this.#add({ events: [], gaps: [gap] })
  }

  #add(what: Pick<SourceBatch, 'events' | 'gaps'>): void {
    const bookmark = String(this.#batches.length + 1)
    const position = what.events.at(-1)?.position ?? this.#batches.at(-1)?.position ?? ''
    this.#batches.push({ ...what, bookmark, position, sourceTimeMs: 1_000 + this.#batches.length })
    this.wake()
  }

  /** A sign of life: the bookmark stays what it was. */
  beat(): void {
    const bookmark = String(this.#batches.length)
    const position = this.#batches.at(-1)?.position ?? ''
    this.#batches.push({ events: [], bookmark, position, sourceTimeMs: 1_000 + this.#batches.length })
    this.wake()
  }

  wake(): void {
    for (const one of this.#wake.splice(0)) one()
  }

  async check(): Promise<readonly never[]> {
    return []
  }

  async restart(last: Bookmark | null): Promise<SourceBatch> {
    const at = this.#batches.length
    const bookmark = String(at)
    return { events: [], bookmark, position: `restarted after ${last}`, sourceTimeMs: 1_000 + at }
  }

  async *changes(from: Bookmark | null, signal: AbortSignal): AsyncIterable<SourceBatch> {
    this.starts.push(from)
    for (let next = Number(from ?? 0); !signal.aborted; ) {
      if (this.fault !== null) {
        const { fault } = this
        this.fault = null
        throw fault
      }
      const batch = this.#batches[next]
      if (batch === undefined) {
        await new Promise<void>((wake) => {
          this.#wake.push(wake)
          signal.addEventListener('abort', () => wake(), { once: true })
        })
        continue
      }
      next += 1
      this.yielded += 1
      yield batch
    }
  }
}
