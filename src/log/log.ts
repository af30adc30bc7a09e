// The port of the durable log. Kafka and the SQLite file keep the same promises; one contract suite holds both to them.

import type { Cursor } from '../core/cursor.ts'

/** Key and value of one record together; more is refused with RECORD_TOO_LARGE before anything is appended. */
export const RECORD_BYTES_MAX = 8 * 1024 * 1024

export interface LogRecord {
  readonly topic: string
  readonly key: Uint8Array
  /** Null deletes the key from a compacted topic. */
  readonly value: Uint8Array | null
  /**
   * When the source made the change, in milliseconds; `Log.at` searches by it. Now, when left out. One that lies ahead or
   * far back is taken, though a log may bring it nearer to now. How long the record is kept counts from its append.
   */
  readonly timeMs?: number
}

export interface StoredRecord extends LogRecord {
  readonly partition: number
  readonly offset: number
  readonly timeMs: number
}

export interface TopicSpec {
  readonly topic: string
  readonly partitions: number
  /** Keeps the newest value of each key for ever, instead of everything for a while. */
  readonly isCompacted: boolean
}

export interface LogBatch {
  /** Of one partition, in order, at least one. */
  readonly records: readonly StoredRecord[]
  /**
   * The offset at which the batch begins: where the one before it ended, or, at first, where the reader stood. Anything
   * else than where this member has committed means that another one had the partition in between.
   */
  readonly from: number
  /** The scope of these records, and where the reader stands after them. */
  readonly next: Cursor
  /**
   * Moves the cursor and appends what the batch leaves behind, atomically, and resolves when both are durable. Throws
   * LOG_CURSOR_LOST, with nothing changed, when another member of the reader has taken the partition over: drop the batch
   * and go on. After any other error nothing is known, and the same commit may be made again.
   */
  commit(also?: readonly LogRecord[]): Promise<void>
}

export interface LogWriter {
  /**
   * All or nothing, across topics; durable when it resolves. One partition is chosen by the key's bytes, the same for
   * ever. Throws LOG_FENCED when a newer writer of this id exists; after any other error nothing is known: open the
   * writer again and read the bookmark.
   */
  append(records: readonly LogRecord[]): Promise<void>
  close(): Promise<void>
}

export interface FollowOptions {
  readonly signal: AbortSignal
  /** Is told which partitions this member holds, first when it has joined. None: others hold all, and it stands by. */
  readonly onShare?: (share: Share) => void
}

export type Share = readonly Pick<Cursor, 'topic' | 'partition'>[]

export interface Log {
  /** Makes the topics that are missing; throws TOPIC_MISMATCH when one exists otherwise than declared. Repeatable. */
  declare(topics: readonly TopicSpec[]): Promise<void>

  /** Exclusive: opening a writer fences every older one of the same id, in whatever process. */
  writer(id: string): Promise<LogWriter>

  /**
   * What follows the reader's cursors (from the beginning where it has none), sharing partitions among all members that
   * follow as the same reader. Batches of one partition come in order, and the next one only after the last has been
   * committed; batches of different partitions come as they are read, so that a caller may work on several at once. The
   * iteration ends when the signal aborts; what is then uncommitted comes again. A log that is away is waited for as long
   * as this member keeps its partitions; then the iteration throws what is retryable: follow again.
   */
  follow(reader: string, topics: readonly string[], options: FollowOptions): AsyncIterable<LogBatch>

  /** The records of one partition from `from` up to, not including, `to`; only what is committed. Ends there. */
  range(from: Cursor, to: Cursor, signal: AbortSignal): AsyncIterable<readonly StoredRecord[]>

  /** The newest value of every key of a compacted topic, as of the call. */
  latest(topic: string): AsyncIterable<StoredRecord>

  /** The end of each partition: the offset the next record will get, or a later one. Fit for measuring lag. */
  ends(topic: string): Promise<readonly Cursor[]>

  /** For each partition the first offset whose time is `time` or later; the end where there is none. */
  at(topic: string, time: Date): Promise<readonly Cursor[]>

  /** The reader's cursors; offset 0 (or the oldest kept) where it has committed none. */
  committed(reader: string, topic: string): Promise<readonly Cursor[]>

  /** Records between the reader's cursor and the end of each partition, true also behind transaction markers. */
  lag(reader: string, topic: string): Promise<number>

  close(): Promise<void>
}
