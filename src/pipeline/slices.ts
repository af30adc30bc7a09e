// The slices of a source: their bookmarks, which are made together and replaced together. Whoever does it fences all who
// read one, so that nothing moves meanwhile.

import { MillraceError } from '../core/errors.ts'
import { BOOKMARKS } from '../core/topic.ts'
import type { BookmarkEntry, RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import type { ChangeSource, SourceBatch } from '../source/source.ts'
import { bookmarkRecord } from './bookmark-record.ts'
import { bookmarksOf, sliceId } from './newest-bookmark.ts'

export interface SlicesOptions {
  readonly source: ChangeSource
  readonly log: Log
  readonly records: RecordCodec
}

type Standing = ReadonlyMap<string, BookmarkEntry>

interface Replacement {
  readonly batches: readonly SourceBatch[]
  readonly also: readonly LogRecord[]
}

export class Slices {
  readonly ids: readonly string[]
  readonly #options: SlicesOptions
  #wasOpen = false

  constructor(options: SlicesOptions) {
    const { name, slicing } = options.source
    const count = slicing?.slices ?? 1
    this.#options = options
    this.ids = Array.from({ length: count }, (_, index) => sliceId(name, index, count))
  }

  /** Sees to it that each slice has a bookmark, from whatever slicing there was before. */
  async open(): Promise<void> {
    const before = await this.standing()
    // A source that is read whole finds out by itself where to begin.
    const isOpen = this.#isOpen(before) || (before.size === 0 && this.ids.length === 1)
    // Whoever is started reads it in the slices that it names; who was reading does not take that back.
    if (this.#wasOpen && !isOpen)
      throw new MillraceError('LOG_FENCED', `${this.#options.source.name} is read in other slices now`)
    if (!isOpen) await this.#divide()
    this.#wasOpen = true
  }

  #divide(): Promise<void> {
    return this.#replace(async (stood) => {
      // Another process was faster.
      if (this.#isOpen(stood)) return null
      const begun = [...stood.values()].map(({ bookmark }) => bookmark)
      const from = begun.length > 0 ? begun : [(await this.#options.source.restart(null)).bookmark]
      return { batches: (await this.#options.source.slicing?.divide(from)) ?? [], also: [] }
    })
  }

  /** Begins all of them anew, from now on; what the caller has to say of that is in the same append. */
  async restart(
    also: (last: BookmarkEntry | null, start: SourceBatch) => Promise<readonly LogRecord[]>,
  ): Promise<void> {
    const { source } = this.#options
    await this.#replace(async (stood) => {
      const last = [...stood.values()].toSorted((one, other) => one.sourceTimeMs - other.sourceTimeMs)[0] ?? null
      const start = await source.restart(last?.bookmark ?? null)
      const batches = (await source.slicing?.divide([start.bookmark])) ?? [start]
      return { batches, also: await also(last, start) }
    })
  }

  standing(): Promise<Standing> {
    const { source, log, records } = this.#options
    return bookmarksOf({ log, records, source: source.name })
  }

  #isOpen(stood: Standing): boolean {
    const { slicing } = this.#options.source
    return this.ids.every((id) => {
      const entry = stood.get(id)
      return entry !== undefined && (this.ids.length === 1 || slicing?.isDivided(entry.bookmark) === true)
    })
  }

  async #replace(make: (stood: Standing) => Promise<Replacement | null>): Promise<void> {
    const { source, log, records } = this.#options
    const writer = await log.writer(`${source.name} slices`)
    try {
      for (const id of new Set([...this.ids, ...(await this.standing()).keys()])) await (await log.writer(id)).close()
      const stood = await this.standing()
      const replacement = await make(stood)
      if (replacement === null) return
      const { batches, also } = replacement
      const made = await Promise.all(
        batches.map((batch, index) => bookmarkRecord(records, this.ids[index] ?? '', batch)),
      )
      const gone = [...stood.keys()].filter((id) => !this.ids.includes(id))
      const removed = gone.map((id) => ({ topic: BOOKMARKS, key: Buffer.from(id), value: null }))
      await writer.append([...also, ...made, ...removed])
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'LOG_FENCED') throw error
      throw new MillraceError('LOG_CURSOR_LOST', `another process divides ${source.name} just now`, { cause: error })
    } finally {
      await writer.close().catch(() => undefined)
    }
  }
}
