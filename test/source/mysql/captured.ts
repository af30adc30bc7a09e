// A capture that runs beside a test and keeps what it was handed.

import type { ChangeEvent } from '../../../src/core/event.ts'
import type { Bookmark, ChangeSource, SourceBatch } from '../../../src/source/source.ts'
import { until } from '../../support/until.ts'

export class Captured implements AsyncDisposable {
  readonly batches: SourceBatch[] = []
  readonly #abort = new AbortController()
  readonly #running: Promise<void>
  #error: unknown = null

  constructor(source: ChangeSource, from: Bookmark | null) {
    this.#running = this.#run(source, from)
  }

  async #run(source: ChangeSource, from: Bookmark | null): Promise<void> {
    try {
      for await (const batch of source.changes(from, this.#abort.signal)) this.batches.push(batch)
    } catch (error) {
      this.#error = error
    }
  }

  get events(): readonly ChangeEvent[] {
    return this.batches.flatMap((batch) => batch.events)
  }
  get bookmark(): Bookmark {
    const last = this.batches.at(-1)
    if (last === undefined) throw new Error('nothing has been captured yet')
    return last.bookmark
  }

  /** Resolves when the dump has begun: what is changed from here on is captured. */
  async begun(): Promise<this> {
    await this.until((captured) => captured.batches.length > 0, 'the first batch')
    return this
  }

  async until(isDone: (captured: this) => boolean, what: string): Promise<this> {
    const ask = async (): Promise<true | null> => {
      if (isDone(this)) return true
      if (this.#error !== null) throw this.#error
      return null
    }
    await until(ask, { what, everyMs: 5, withinMs: 60_000 })
    return this
  }

  count(events: number): Promise<this> {
    return this.until((captured) => captured.events.length >= events, `${events} events`)
  }

  /** What the capture ends with. */
  async failure(): Promise<unknown> {
    await until(async () => (this.#error === null ? null : true), { what: 'a failure', everyMs: 5 })
    return this.#error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#running
  }
}

/** One line per event, for comparing. */
export function told(events: readonly ChangeEvent[]): string[] {
  return events.map(({ op, table, before, after }) => `${op} ${table} ${text(before)} -> ${text(after)}`)
}

/** The same with everything that must not depend on where the reading began. */
export function exactly(events: readonly ChangeEvent[]): string[] {
  return events.map(({ op, key, position, parts }) => `${op} ${text(key)} ${position} ${text(parts.whereabouts)}`)
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner))
}
