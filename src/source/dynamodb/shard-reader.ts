// Reads one shard from where it was left. What an answer brings counts only when it is taken: reading ahead moves no
// bookmark.

import { MillraceError } from '../../core/errors.ts'
import type { Transport } from '../../dynamodb/transport.ts'
import { faultOf, isNamed, isThrottled } from './dynamodb-fault.ts'
import { ShardPace } from './shard-pace.ts'
import { coarse, type ShardBookmark } from './stream-bookmark.ts'
import { createdMs, type StreamRecord } from './stream-record.ts'

/** A page that is not full says that the shard has no more for now. DynamoDB also cuts one before it grows over 1 MB. */
const FULL_RECORDS = 100
/** A record has two images of 400 KB at most: with less than this any other would have found room. */
const FULL_BYTES = 200 * 1024
/** Before it comes to the first records behind an iterator, DynamoDB may answer with empty pages. */
const DOUBTFUL_PAGES = 5
/** A stream keeps a day. What is younger by this clock, which may be wrong, was not trimmed. */
export const KEPT_MS = 23 * 3_600_000

export interface ShardReaderOptions {
  readonly transport: Transport
  readonly table: string
  readonly stream: string
  readonly shard: string
  readonly from: ShardBookmark
  readonly nowMs: () => number
}

interface Page {
  readonly Records?: readonly StreamRecord[]
  readonly NextShardIterator?: string
}

/** What came of one request. */
export interface Fetched {
  readonly startMs: number
  readonly page: Page | null
  /** Instead of a page. */
  readonly error: unknown
}

export class ShardReader {
  readonly shard: string
  readonly #options: ShardReaderOptions
  readonly #pace: ShardPace
  #iterator: string | null = null
  #doubts = 0
  #last: string | null
  /** The last record is not there any more, but what follows it is: all there is may be read, without what is known. */
  #isTrimmed = false
  #isOver: boolean
  #seenMs: number | null

  constructor(options: ShardReaderOptions) {
    const { shard, from, nowMs } = options
    this.shard = shard
    this.#options = options
    this.#pace = new ShardPace(nowMs())
    this.#last = from.last
    this.#isOver = from.isOver
    this.#seenMs = from.seenMs ?? (from.isOver ? nowMs() : null)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** When it is to be read next. */
  get dueMs(): number {
    return this.#pace.dueMs
  }

  /** When it may be read along with another one: while it is idle before it is due. */
  get earliestMs(): number {
    return this.#pace.earliestMs
  }

  /** Everything that was changed up to then has been read; of one that is over, when that was found. */
  get seenMs(): number | null {
    return this.#seenMs
  }

  get bookmark(): ShardBookmark {
    return { last: this.#last, isOver: this.#isOver, seenMs: this.#seenMs === null ? null : coarse(this.#seenMs) }
  }

  /** Reads only what is changed from now on. */
  async skipHistory(signal: AbortSignal): Promise<void> {
    try {
      this.#iterator = await this.#iteratorAt({ ShardIteratorType: 'LATEST' }, signal)
      this.#isOver = this.#iterator === null
    } catch (error) {
      // An empty shard has no latest record, say some; its beginning is as good. A shard that went held nothing of ours.
      if (isNamed(error, 'ResourceNotFoundException')) this.#isOver = true
      else if (!isNamed(error, 'TrimmedDataAccessException')) throw faultOf(error)
    }
  }

  async fetch(signal: AbortSignal): Promise<Fetched> {
    const startMs = this.#options.nowMs()
    try {
      if (this.#iterator === null) {
        this.#iterator = await this.#iteratorAt(this.#place(), signal)
        this.#doubts = DOUBTFUL_PAGES
      }
      // There is nothing behind the last record of a shard that has ended.
      const page =
        this.#iterator === null
          ? {}
          : await this.#options.transport.call<Page>('GetRecords', { ShardIterator: this.#iterator }, signal)
      return { startMs, page, error: null }
    } catch (error) {
      return { startMs, page: null, error }
    }
  }

  /** The records that follow what was taken before. */
  take({ startMs, page, error }: Fetched): readonly StreamRecord[] {
    if (page === null) return this.#fail(error, startMs)
    const { Records: read = [], NextShardIterator: next = null } = page
    const records = this.#isTrimmed ? read.filter((record) => isBehind(record, this.#last)) : read
    const newest = records.at(-1)
    if (newest !== undefined) this.#isTrimmed = false
    this.#last = newest?.dynamodb?.SequenceNumber ?? this.#last
    this.#iterator = next
    this.#isOver = next === null
    const isFull = read.length >= FULL_RECORDS || bytesOf(read) >= FULL_BYTES
    this.#doubts = read.length > 0 ? 0 : Math.max(0, this.#doubts - 1)
    const seenMs = (isFull || this.#doubts > 0) && !this.#isOver ? newest && createdMs(newest) : startMs
    this.#seenMs = Math.max(this.#seenMs ?? 0, seenMs ?? 0) || null
    this.#pace.took({ startMs, isFull, isBusy: read.length > 0 || this.#doubts > 0 })
    return records
  }

  #place(): object {
    if (this.#last === null && this.#seenMs !== null && !this.#isYoung()) throw this.#gone(null)
    if (this.#last === null || this.#isTrimmed) return { ShardIteratorType: 'TRIM_HORIZON' }
    return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: this.#last }
  }

  async #iteratorAt(place: object, signal: AbortSignal): Promise<string | null> {
    const { transport, stream: StreamArn, shard: ShardId } = this.#options
    const input = { StreamArn, ShardId, ...place }
    return (await transport.call<{ ShardIterator?: string }>('GetShardIterator', input, signal)).ShardIterator ?? null
  }

  #fail(error: unknown, startMs: number): readonly StreamRecord[] {
    if (isThrottled(error)) this.#pace.throttled(startMs)
    else if (isNamed(error, 'ExpiredIteratorException')) this.#iterator = null
    else if (isNamed(error, 'TrimmedDataAccessException') && this.#isYoung()) {
      this.#iterator = null
      this.#isTrimmed = this.#last !== null
      this.#pace.throttled(startMs)
    } else if (isNamed(error, 'TrimmedDataAccessException') || isNamed(error, 'ResourceNotFoundException'))
      throw this.#gone(error)
    else throw faultOf(error)
    return []
  }

  /** What follows the last record cannot have been trimmed yet. */
  #isYoung(): boolean {
    return this.#seenMs !== null && this.#options.nowMs() - this.#seenMs < KEPT_MS
  }

  #gone(cause: unknown): MillraceError {
    const { table, shard } = this.#options
    const what = `The stream of ${table} does not have what follows record ${this.#last ?? '(none)'} of ${shard} any more.`
    return new MillraceError('HISTORY_GONE', what, { cause })
  }
}

/** Sequence numbers are of no fixed width. */
function isBehind({ dynamodb }: StreamRecord, last: string | null): boolean {
  return last === null || BigInt(dynamodb?.SequenceNumber ?? 0) > BigInt(last)
}

function bytesOf(records: readonly StreamRecord[]): number {
  return records.reduce((sum, { dynamodb }) => sum + (dynamodb?.SizeBytes ?? 0), 0)
}
