// The stream of one table: all of its shards, parents before children, as they split, merge and end, and its own end.

import { hasFate, MillraceError } from '../../core/errors.ts'
import type { TableShape } from '../../core/table.ts'
import type { Transport } from '../../dynamodb/transport.ts'
import { faultOf, isNamed, isThrottled } from './dynamodb-fault.ts'
import { type ListedShard, type Listing, listShards } from './list-shards.ts'
import { type Fetched, KEPT_MS, ShardReader } from './shard-reader.ts'
import { isRootOf, type ShardSlice } from './shard-slice.ts'
import { coarse, type ShardBookmark, type TableBookmark } from './stream-bookmark.ts'
import type { StreamRecord } from './stream-record.ts'

/** New shards appear when one ends, and when DynamoDB sees fit. */
const LIST_EVERY_MS = 10_000
/** While there is to be one that no listing has named, or the stream comes to its end. */
const AWAIT_EVERY_MS = 1_000
/** A stream keeps a day: what was over by then is not listed again. */
const FORGET_AFTER_MS = 48 * 3_600_000
/** A parent that two listings do not name was trimmed. One may leave it out, or have been made before it came. */
const LISTINGS = 2
const SKIPS_MAX = 16

export interface TableStreamOptions {
  readonly transport: Transport
  readonly shape: TableShape
  readonly from: TableBookmark
  readonly slice: ShardSlice
  /** The ARN of the stream that the table has now; throws STREAM_UNFIT where it has none that will do. */
  readonly current: () => Promise<string>
  readonly nowMs: () => number
}

/** A shard that may not be read yet. */
interface Waiting {
  readonly from: ShardBookmark
  readonly parent: string
  /** So many listings more may name a parent that none has named. */
  listings: number
}

export class TableStream {
  readonly shape: TableShape
  readonly sinceMs: number
  readonly #options: TableStreamOptions
  readonly #readers = new Map<string, ShardReader>()
  readonly #waiting = new Map<string, Waiting>()
  /** As listed. */
  #parents: ReadonlyMap<string, string> = new Map()
  #listedMs: number | null
  #listMs = 0
  #awaitUntilMs = 0
  /** When a listing first said that nothing more will come. */
  #offMs: number | null = null
  /** Whether the table had this stream when it was opened, whatever that says of itself; null before anybody looked. */
  #isCurrent: boolean | null = null

  constructor(options: TableStreamOptions) {
    const { shape, from } = options
    this.#options = options
    this.shape = shape
    this.sinceMs = from.sinceMs
    this.#listedMs = from.listedMs
    // Whether a listing names them or not: reading decides whether they are there.
    for (const [id, { parent, ...shard }] of Object.entries(from.shards)) {
      if (parent === undefined) this.#open(id, shard)
      else this.#waiting.set(id, { from: shard, parent, listings: 1 })
    }
  }

  /** Those that may be read: what their parents hold has been. */
  get readers(): readonly ShardReader[] {
    return [...this.#readers.values()].filter(({ isOver }) => !isOver)
  }

  get bookmark(): TableBookmark {
    const { stream, sinceMs, others } = this.#options.from
    const begun = [...this.#readers].map(([id, { bookmark }]): [string, ShardBookmark] => [id, bookmark])
    const waiting = [...this.#waiting].map(([id, { from, parent }]): [string, ShardBookmark] => [
      id,
      { ...from, seenMs: from.seenMs === null ? null : coarse(from.seenMs), parent },
    ])
    const listedMs = this.#listedMs === null ? null : coarse(this.#listedMs)
    const shards = Object.fromEntries([...begun, ...waiting])
    return { stream, sinceMs, listedMs, shards, ...(others === undefined ? {} : { others }) }
  }

  /** What each of so many slices has of it: whole trees, as many as the others have. */
  parts(count: number): readonly TableBookmark[] {
    const { stream, sinceMs, listedMs, shards } = this.bookmark
    const roots = Object.keys(shards).filter((id) => !this.#parents.has(id))
    const trees = [...Map.groupBy(Object.entries(shards), ([id]) => this.#root(id)).values()]
    // Those that are still read are dealt out first.
    const isRead = ([, { isOver }]: [string, ShardBookmark]) => !isOver
    const dealt = trees.toSorted((one, other) => Number(other.some(isRead)) - Number(one.some(isRead)))
    return Array.from({ length: count }, (_, index) => {
      const own = Object.fromEntries(dealt.filter((_, place) => place % count === index).flat())
      return { stream, sinceMs, listedMs, shards: own, others: roots.filter((id) => own[id] === undefined) }
    })
  }

  /** When it is time to look for shards that are new. */
  get listMs(): number {
    return this.#listMs
  }

  /** Looks for them, if it is; throws what is to be said of a stream that has come to its end. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { transport, from, nowMs } = this.#options
    const startMs = nowMs()
    if (startMs < this.#listMs) return
    this.#listMs = startMs + LIST_EVERY_MS
    try {
      this.#isCurrent ??= await this.#isOurs()
      const listing = await listShards(transport, from.stream, signal)
      this.#learn({ ...listing, isOn: listing.isOn && this.#isCurrent }, startMs)
    } catch (error) {
      if (isThrottled(error) && this.#listedMs !== null) return
      throw await this.explain(isNamed(error, 'ResourceNotFoundException') ? this.#gone(error) : faultOf(error))
    }
    if (this.#isSettled()) return
    this.#listMs = startMs + AWAIT_EVERY_MS
    if (this.#isDrained()) await this.#confirm()
  }

  /** Reads only what is changed from now on, of all shards that are known by now. */
  async skipHistory(signal: AbortSignal): Promise<void> {
    // A shard has children when nothing more is written to it: what follows from now on, no parent holds.
    for (const [id, { from }] of this.#waiting) this.#open(id, from)
    this.#waiting.clear()
    const all = this.readers
    for (let done = 0; done < all.length; done += SKIPS_MAX) {
      await Promise.all(all.slice(done, done + SKIPS_MAX).map((reader) => reader.skipHistory(signal)))
    }
  }

  /** The records that a request brought. */
  take(reader: ShardReader, fetched: Fetched): readonly StreamRecord[] {
    const records = reader.take(fetched)
    if (reader.isOver) this.#end(reader.shard)
    return records
  }

  /** What an error means: a shard may be missing because the stream is off, or another one. */
  async explain(error: Error): Promise<Error> {
    if (!(error instanceof MillraceError) || error.code !== 'HISTORY_GONE') return error
    return this.#confirm().then(
      () => error,
      (cause: Error) => cause,
    )
  }

  #learn({ shards, isOn }: Listing, startMs: number): void {
    const isFirst = this.#listedMs === null
    // A shard that no listing has named before came after the last one.
    const seenMs = this.#listedMs ?? (this.#readers.size === 0 ? this.sinceMs : null)
    for (const one of this.#waiting.values()) one.listings--
    for (const { ShardId: id, ParentShardId: parent } of this.#newcomers(shards, startMs)) {
      const from = { last: null, isOver: false, seenMs }
      if (parent === undefined) this.#open(id, from)
      else this.#waiting.set(id, { from, parent, listings: isFirst ? 0 : LISTINGS - 1 })
    }
    const listed = new Set(shards.map(({ ShardId }) => ShardId))
    for (const [id, { isOver, seenMs: overMs }] of this.#readers) {
      if (isOver && !listed.has(id) && (overMs ?? 0) < startMs - FORGET_AFTER_MS) this.#readers.delete(id)
    }
    this.#listedMs = startMs
    this.#offMs = isOn ? null : (this.#offMs ?? startMs)
    this.#begin()
  }

  /** Those that this slice does not know yet: of a tree of its own, or one that begins. */
  #newcomers(shards: readonly ListedShard[], nowMs: number): readonly ListedShard[] {
    const { slice, from } = this.#options
    const others = new Set(from.others)
    this.#parents = new Map(shards.flatMap(({ ShardId: id, ParentShardId: parent }) => (parent ? [[id, parent]] : [])))
    const unknown = shards.filter(({ ShardId: id }) => !this.#knows(id))
    if (slice.of === 1) return unknown
    // What came and went since then may have had children: nobody could tell whose they are.
    if (nowMs - (this.#listedMs ?? 0) > KEPT_MS) throw this.#unlisted()
    const ours = new Map<string, ListedShard>()
    for (let before = -1; before < ours.size; ) {
      before = ours.size
      for (const shard of unknown) {
        const { ShardId: id, ParentShardId: parent } = shard
        const isOurs =
          parent === undefined ? isRootOf(slice, id) && !others.has(id) : ours.has(parent) || this.#knows(parent)
        if (isOurs) ours.set(id, shard)
      }
    }
    return [...ours.values()]
  }

  #end(shard: string): void {
    const hasChild = [...this.#waiting.values()].some(({ parent }) => parent === shard)
    this.#begin()
    if (hasChild) return
    // They are there by now, or listed in a moment.
    this.#listMs = 0
    this.#awaitUntilMs = this.#options.nowMs() + LIST_EVERY_MS
  }

  #begin(): void {
    for (const [id, { from, parent, listings }] of this.#waiting) {
      if (this.#knows(parent) ? this.#readers.get(parent)?.isOver !== true : listings > 0) continue
      this.#waiting.delete(id)
      this.#open(id, from)
    }
  }

  #open(shard: string, from: ShardBookmark): void {
    const { transport, shape, nowMs, from: table } = this.#options
    const place = { table: shape.name, stream: table.stream, shard }
    this.#readers.set(shard, new ShardReader({ transport, ...place, from, nowMs }))
  }

  #knows(shard: string): boolean {
    return this.#readers.has(shard) || this.#waiting.has(shard)
  }

  /** All goes on as it is, as far as anybody knows. */
  #isSettled(): boolean {
    const awaitsParent = [...this.#waiting.values()].some(({ parent }) => !this.#knows(parent))
    // A slice may have no shard at all.
    const isReading = this.readers.length > 0 || this.#options.slice.of > 1
    const awaitsChild = this.#options.nowMs() < this.#awaitUntilMs
    return this.#offMs === null && isReading && !awaitsParent && !awaitsChild
  }

  /** All that the stream held was read, and it may be that nothing follows. */
  #isDrained(): boolean {
    const offMs = this.#offMs ?? Number.POSITIVE_INFINITY
    return this.#waiting.size === 0 && this.readers.every(({ seenMs }) => (seenMs ?? 0) >= offMs)
  }

  async #isOurs(): Promise<boolean> {
    return this.#confirm().then(
      () => true,
      (error: Error) => {
        if (hasFate(error, 'stop')) return false
        throw error
      },
    )
  }

  /** Throws unless the table still has this stream. */
  async #confirm(): Promise<void> {
    if ((await this.#options.current()) !== this.#options.from.stream) throw this.#gone(null)
  }

  #root(shard: string): string {
    const parent = this.#waiting.get(shard)?.parent ?? this.#parents.get(shard)
    return parent === undefined || !this.#knows(parent) ? shard : this.#root(parent)
  }

  #unlisted(): MillraceError {
    const what = `The shards of the stream of ${this.shape.name} were not listed for a day: some may have come and gone.`
    return new MillraceError('HISTORY_GONE', what)
  }

  #gone(cause: unknown): MillraceError {
    const { shape, from } = this.#options
    const what = `The table ${shape.name} has another stream than the one that was captured (${from.stream}): what was not read of that, and what came between the two, is gone.`
    return new MillraceError('HISTORY_GONE', what, { cause })
  }
}
