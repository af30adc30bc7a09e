// How far each source has come, and when each schedule was last seen to be due, as the log has it: followed, not read anew.

import { BOOKMARKS } from '../core/topic.ts'
import type { BookmarkEntry, RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { TopicTail } from './topic-tail.ts'

export interface BookmarkBookOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

export class BookmarkBook {
  readonly #records: RecordCodec
  readonly #tail: TopicTail
  readonly #entries = new Map<string, BookmarkEntry>()

  constructor({ log, records, signal }: BookmarkBookOptions) {
    this.#records = records
    this.#tail = new TopicTail({ log, signal, topic: BOOKMARKS, take: (record) => this.#take(record) })
  }

  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  /** When the source made what was captured last, of the slice that is furthest behind; null before the first. */
  seenMs(source: string): number | null {
    const slices = [...this.#entries].filter(([id]) => id === source || id.startsWith(`${source} `))
    return slices.length === 0 ? null : Math.min(...slices.map(([, { sourceTimeMs }]) => sourceTimeMs))
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    const id = Buffer.from(key).toString()
    if (value === null) this.#entries.delete(id)
    else this.#entries.set(id, await this.#records.unpack('bookmark', value))
  }
}
