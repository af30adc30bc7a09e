// Follows a compacted topic in memory: what it holds at first, then whatever has been added since the last look.

import { type Cursor, cursorScope } from '../core/cursor.ts'
import type { Log, StoredRecord } from '../log/log.ts'

export interface TopicTailOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly topic: string
  readonly signal: AbortSignal
  readonly take: (record: StoredRecord) => Promise<void>
}

export class TopicTail {
  readonly #options: TopicTailOptions
  #seen: readonly Cursor[] | null = null
  #looking: Promise<void> = Promise.resolve()

  constructor(options: TopicTailOptions) {
    this.#options = options
  }

  /** Resolves when everything that was in the topic at the call has been taken. */
  refresh(): Promise<void> {
    // One look at a time: an older one that ends later would bring back what was dropped.
    const look = this.#looking.catch(() => undefined).then(() => this.#look())
    this.#looking = look
    return look
  }

  async #look(): Promise<void> {
    const { log, topic, take } = this.#options
    const ends = await log.ends(topic)
    if (this.#seen === null) for await (const record of log.latest(topic)) await take(record)
    else for (const end of ends) await this.#takeUpTo(end)
    this.#seen = ends
  }

  async #takeUpTo(end: Cursor): Promise<void> {
    const { log, signal, take } = this.#options
    const seen = this.#seen?.find((cursor) => cursorScope(cursor) === cursorScope(end))
    const start = seen ?? { ...end, offset: 0 }
    if (start.offset >= end.offset) return
    for await (const records of log.range(start, end, signal)) for (const record of records) await take(record)
  }
}
