// Reads one shard from where it was left: an iterator that expired is taken again behind the last record.

import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams'
import { MillraceError } from '../../core/errors.ts'
import { faultOf, isNamed, isThrottled } from './dynamodb-fault.ts'
import type { ShardBookmark } from './stream-bookmark.ts'

/** A page that is not full says that the shard has no more for now. */
const FULL_RECORDS = 100
/** DynamoDB takes five reads of a shard a second. */
const BUSY_MS = 50
const THROTTLED_MS = 250
const RECENT_MS = 200
const IDLE_MS = 1_000
const RECENT_FOR_MS = 10_000

export interface ShardReaderOptions {
  readonly client: DynamoDBStreamsClient
  readonly table: string
  readonly stream: string
  readonly shard: string
  readonly from: ShardBookmark
  readonly nowMs: () => number
}

export class ShardReader {
  readonly shard: string
  readonly #options: ShardReaderOptions
  #iterator: string | null = null
  #last: string | null
  #isOver: boolean
  #busyMs = BUSY_MS
  #movedAtMs: number
  /** When it is to be read next. */
  dueMs: number
  /** Everything that was changed up to then has been read; null before the first answer. */
  seenMs: number | null = null

  constructor(options: ShardReaderOptions) {
    this.#options = options
    this.shard = options.shard
    this.#last = options.from.last
    this.#isOver = options.from.isOver
    this.#movedAtMs = options.nowMs()
    this.dueMs = options.nowMs()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get bookmark(): ShardBookmark {
    return { last: this.#last, isOver: this.#isOver }
  }

  async read(signal: AbortSignal): Promise<readonly StreamRecord[]> {
    const startMs = this.#options.nowMs()
    try {
      return this.#take(await this.#records(signal), startMs)
    } catch (error) {
      if (isNamed(error, 'ExpiredIteratorException')) {
        this.#iterator = null
        return []
      }
      if (isThrottled(error)) {
        this.#busyMs = THROTTLED_MS
        this.dueMs = startMs + 2 * THROTTLED_MS
        return []
      }
      if (isNamed(error, 'TrimmedDataAccessException') || isNamed(error, 'ResourceNotFoundException'))
        throw this.#gone(error)
      throw faultOf(error)
    }
  }

  async #records(signal: AbortSignal) {
    const { client, stream: StreamArn, shard: ShardId } = this.#options
    const options = { abortSignal: signal }
    if (this.#iterator === null) {
      const from =
        this.#last === null
          ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
          : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: this.#last } as const)
      const answer = await client.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...from }), options)
      this.#iterator = answer.ShardIterator ?? null
      // There is nothing behind the last record of a shard that has ended.
      if (this.#iterator === null) return {}
    }
    return client.send(new GetRecordsCommand({ ShardIterator: this.#iterator }), options)
  }

  #take(answer: { Records?: StreamRecord[]; NextShardIterator?: string }, startMs: number): readonly StreamRecord[] {
    const { Records: records = [], NextShardIterator: next = null } = answer
    this.#iterator = next
    this.#isOver = next === null
    this.#last = records.at(-1)?.dynamodb?.SequenceNumber ?? this.#last
    if (records.length > 0) this.#movedAtMs = startMs
    const newestMs = records.at(-1)?.dynamodb?.ApproximateCreationDateTime?.getTime() ?? startMs
    this.seenMs = records.length < FULL_RECORDS ? startMs : newestMs
    this.dueMs = startMs + this.#waitMs(records.length, startMs)
    return records
  }

  #waitMs(records: number, nowMs: number): number {
    if (records >= FULL_RECORDS) return 0
    if (records > 0) return this.#busyMs
    return nowMs - this.#movedAtMs < RECENT_FOR_MS ? RECENT_MS : IDLE_MS
  }

  #gone(cause: unknown): MillraceError {
    const { table, shard } = this.#options
    const what = `The stream of ${table} does not have what follows record ${this.#last ?? '(none)'} of ${shard} any more.`
    return new MillraceError('HISTORY_GONE', what, { cause })
  }
}
