// Moves changes from a source into the log. Events, new schemas and the bookmark are one atomic append, so a crash
// neither loses nor repeats; a second process that captures the same source fences this one.

import { CANARY } from '../core/canary.ts'
import { MillraceError } from '../core/errors.ts'
import type { Gap } from '../core/gap.ts'
import type { EventCodec, RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord, LogWriter, TopicSpec } from '../log/log.ts'
import type { Bookmark, ChangeSource, SetBack, SourceBatch, SourceGap } from '../source/source.ts'
import { bookmarkRecord } from './bookmark-record.ts'
import type { Clock } from './clock.ts'
import { gapRecord } from './gap-record.ts'
import { Inbox } from './inbox.ts'
import { bookmarksOf } from './newest-bookmark.ts'
import type { Observer } from './observer.ts'
import type { Attempt } from './supervisor.ts'
import { together } from './together.ts'

/** Larger ones are no faster: by then an append's own cost is spread thin. But all of it would be in memory. */
const APPEND_BYTES_MAX = 1024 * 1024
const INBOX_BYTES_MAX = 2 * APPEND_BYTES_MAX

export interface CaptureOptions {
  readonly source: ChangeSource
  /** Of the slice that is read; the source's name when left out. */
  readonly id?: string
  readonly log: Log
  readonly topics: readonly TopicSpec[]
  /** A codec that knows what the log holds now: after a failed append nothing is known. */
  readonly openCodec: () => Promise<EventCodec>
  readonly records: RecordCodec
  readonly clock: Clock
  readonly observer: Pick<Observer, 'appended' | 'skipped'>
  /** Has what was put back to an older state written once more: resolves when that is sure to happen. */
  readonly repair?: (items: readonly SetBack[]) => Promise<void>
}

/** One attempt: opens the writer, reads the bookmark and goes on from there until something fails or it is asked to end. */
export async function capture(options: CaptureOptions, attempt: Attempt): Promise<void> {
  const { source, id = source.name, log, records, topics, openCodec } = options
  await log.declare(topics)
  const writer = await log.writer(id)
  try {
    const from = (await bookmarksOf({ log, records, source: source.name })).get(id)
    const appender = new Appender(options, { writer, codec: await openCodec(), from: from?.bookmark ?? null })
    await together(attempt.signal, async (signal, start) => {
      const inbox = new Inbox(INBOX_BYTES_MAX, signal)
      start(read(source.changes(from?.bookmark ?? null, signal), inbox, signal))
      start(append(inbox, appender, attempt))
    })
  } finally {
    // What went wrong before says more than what closing a broken writer would.
    await writer.close().catch(() => undefined)
  }
}

async function read(changes: AsyncIterable<SourceBatch>, inbox: Inbox, signal: AbortSignal): Promise<void> {
  try {
    for await (const batch of changes) await inbox.put(batch)
    if (!signal.aborted) throw new MillraceError('INTERNAL', 'the source ended its changes without being asked to')
  } catch (error) {
    // What was read before the failure is worth keeping, and may be the last that can be had.
    inbox.fail(error as Error)
  }
}

async function append(inbox: Inbox, appender: Appender, attempt: Attempt): Promise<void> {
  for (;;) {
    const batches = await inbox.take(APPEND_BYTES_MAX)
    if (batches.length === 0) return
    await appender.append(batches)
    attempt.progress()
  }
}

interface Opened {
  readonly writer: LogWriter
  readonly codec: EventCodec
  readonly from: Bookmark | null
}

class Appender {
  readonly #options: CaptureOptions
  readonly #opened: Opened
  #bookmark: Bookmark | null

  constructor(options: CaptureOptions, opened: Opened) {
    this.#options = options
    this.#opened = opened
    this.#bookmark = opened.from
  }

  async append(batches: readonly SourceBatch[]): Promise<void> {
    const last = batches.at(-1)
    if (last === undefined) return
    const { clock, observer, source } = this.#options
    const events = batches.flatMap((batch) => batch.events)
    const gaps = batches.flatMap((batch) => (batch.gaps ?? []).filter(isOfUser).map((gap) => this.#gap(gap, batch)))
    const records = [
      ...(await this.#opened.codec.encode(events)),
      ...(await Promise.all(gaps.map((gap) => gapRecord(this.#options.records, gap)))),
      ...(await this.#bookmarkRecord(last)),
    ]
    // Before the append: one whose answer is lost is not made again, and no gap may pass in silence.
    for (const gap of gaps) observer.skipped(gap)
    const setBack = batches.flatMap((batch) => batch.setBack ?? [])
    // Before the append as well: twice does no harm.
    if (setBack.length > 0) await this.#options.repair?.(setBack)
    const startMs = clock.nowMs()
    if (records.length > 0) await this.#opened.writer.append(records)
    this.#bookmark = last.bookmark
    observer.appended({
      source: source.name,
      rows: countBy(events.filter(isOfUser).map(({ table }) => table)),
      bytes: records.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0),
      batches: batches.length,
      position: last.position,
      sourceTimeMs: last.sourceTimeMs,
      appendMs: clock.nowMs() - startMs,
    })
  }

  #gap({ table, position, atMs, reason }: SourceGap, { bookmark }: SourceBatch): Gap {
    const at = { toBookmark: bookmark, toPosition: position, toMs: atMs }
    return { source: this.#options.source.name, tables: [table], fromBookmark: null, fromMs: null, ...at, reason }
  }

  async #bookmarkRecord(last: SourceBatch): Promise<readonly LogRecord[]> {
    if (last.bookmark === this.#bookmark) return []
    const { records, source, id = source.name } = this.#options
    return [await bookmarkRecord(records, id, last)]
  }
}

function isOfUser({ table }: { readonly table: string }): boolean {
  return table !== CANARY
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
