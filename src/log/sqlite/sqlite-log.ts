// The log in one SQLite file: the port's promises without a server. One thread of each process writes, see
// scribe-thread.ts; this side reads, in slices short enough for the event loop.

import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import type { Cursor } from '../../core/cursor.ts'
import { MillraceError } from '../../core/errors.ts'
import type { FollowOptions, Log, LogBatch, LogRecord, LogWriter, StoredRecord, TopicSpec } from '../log.ts'
import { placement } from '../placement.ts'
import { Bell } from './bell.ts'
import { Catalogue, type Topic } from './catalogue.ts'
import { Follower } from './follower.ts'
import { type Load, type Pile, packFrames, recordBytes } from './frame.ts'
import { openLogFile } from './log-file.ts'
import { Presence } from './presence.ts'
import { type Partition, Reading } from './reading.ts'
import { Scribe } from './scribe.ts'
import { isBusy, sqliteFault } from './sqlite-fault.ts'
import { Statements } from './statements.ts'

export interface SqliteLogOptions {
  /** The file; beside it SQLite keeps `-wal` and `-shm`. Its directory must exist. */
  readonly path: string
  /** How long records are kept, counted from when they were appended; 7 days when left out. */
  readonly retentionMs?: number
  /** How much of each topic is kept, however old the rest is; without limit when left out. */
  readonly topicBytesMax?: number
  /** How long a compacted topic still shows followers that a key was deleted; 1 day when left out. */
  readonly deletionMs?: number
  /** How often the log looks for what it may forget; every minute when left out. */
  readonly forgetEveryMs?: number
}

const DAY_MS = 24 * 60 * 60 * 1000

const READ_WAIT_MAX_MS = 30_000

export async function openSqliteLog(options: SqliteLogOptions): Promise<Log> {
  const { path, retentionMs = 7 * DAY_MS, topicBytesMax = null, deletionMs = DAY_MS, forgetEveryMs = 60_000 } = options
  const retention = { ageMs: retentionMs, topicBytes: topicBytesMax, deletionAgeMs: deletionMs }
  return new SqliteLog(path, await Scribe.start({ path, retention, retentionEveryMs: forgetEveryMs }))
}

class SqliteLog implements Log {
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #sql: Statements
  readonly #catalogue: Catalogue
  readonly #reading: Reading
  readonly #bell: Bell
  readonly #scribe: Scribe
  readonly #presence: Presence
  readonly #closing = new AbortController()

  constructor(path: string, scribe: Scribe) {
    this.#path = path
    this.#db = openLogFile(path)
    this.#sql = new Statements(this.#db)
    this.#catalogue = new Catalogue(this.#sql)
    this.#reading = new Reading(this.#sql)
    this.#bell = new Bell(path, this.#db)
    this.#scribe = scribe
    scribe.whenWritten(() => this.#bell.look())
    this.#presence = new Presence(this.#scribe, this.#sql, (work) => this.#read(work))
  }

  async declare(topics: readonly TopicSpec[]): Promise<void> {
    await this.#scribe.ask('declare', topics)
  }

  async writer(id: string): Promise<LogWriter> {
    const epoch = await this.#scribe.ask('openWriter', id)
    let isClosed = false
    return {
      append: async (records) => {
        if (isClosed) throw new MillraceError('LOG_CLOSED', `The writer ${id} has been closed`)
        if (records.length === 0) return
        const load = this.#pack(records)
        await this.#scribe.ask('append', { writer: id, epoch, load }, [load.bytes.buffer])
      },
      close: async () => {
        isClosed = true
      },
    }
  }

  #pack(records: readonly LogRecord[]): Load {
    this.#refuseWhenClosed()
    const piles = new Map<number, Pile>()
    for (const record of records) {
      recordBytes(record)
      const { partitionIds, isCompacted } = this.#catalogue.topic(record.topic)
      const partitionId = partitionIds[placement(record.key, partitionIds.length)] ?? 0
      const pile = piles.get(partitionId)
      if (pile === undefined) piles.set(partitionId, { partitionId, isCompacted, records: [record] })
      else pile.records.push(record)
    }
    return packFrames(piles.values(), Date.now())
  }

  async *follow(
    reader: string,
    topics: readonly string[],
    { signal, onShare }: FollowOptions,
  ): AsyncGenerator<LogBatch, void, undefined> {
    const ends = AbortSignal.any([signal, this.#closing.signal])
    if (ends.aborted) return
    const parts = {
      sql: this.#sql,
      read: <T>(work: () => T) => this.#read(work),
      reading: this.#reading,
      scribe: this.#scribe,
      bell: this.#bell,
      presence: this.#presence,
      pack: (records: readonly LogRecord[]) => this.#pack(records),
      onShare,
    }
    try {
      const found = await this.#read(() => topics.map((name) => this.#catalogue.topic(name)))
      yield* new Follower(reader, found, parts).batches(ends)
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error
    }
  }

  async *range(
    from: Cursor,
    to: Cursor,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredRecord[], void, undefined> {
    const topic = await this.#read(() => this.#catalogue.topic(from.topic))
    for (const cursor of [from, to]) {
      if (cursor.topicId === topic.incarnation && cursor.partition === from.partition) continue
      throw new MillraceError('TOPIC_UNKNOWN', `The log has no ${cursor.topic} of incarnation ${cursor.topicId}`)
    }
    const partition = partitionOf(topic, from.partition)
    const ends = AbortSignal.any([signal, this.#closing.signal])
    for (let offset = from.offset; offset < to.offset && !ends.aborted; ) {
      const records = await this.#read(() => this.#reading.unbroken(partition, offset))
      const last = records.at(-1)
      if (last === undefined) return
      const within = last.offset < to.offset ? records : records.filter((record) => record.offset < to.offset)
      if (within.length > 0) yield within
      offset = last.offset + 1
    }
  }

  async *latest(topic: string): AsyncGenerator<StoredRecord, void, undefined> {
    for (const partition of await this.#partitions(topic)) {
      for (let key: Uint8Array | null = null; ; ) {
        const records = await this.#read(() => this.#reading.keysAfter(partition, key))
        yield* records
        key = records.at(-1)?.key ?? null
        if (key === null) break
      }
    }
  }

  async ends(topic: string): Promise<readonly Cursor[]> {
    return this.#cursors(topic, (partition) => this.#reading.end(partition.id))
  }

  async at(topic: string, time: Date): Promise<readonly Cursor[]> {
    return this.#cursors(topic, (partition) => this.#reading.at(partition, time.getTime()))
  }

  async committed(reader: string, topic: string): Promise<readonly Cursor[]> {
    return this.#cursors(topic, (partition) => this.#standing(reader, partition))
  }

  async lag(reader: string, topic: string): Promise<number> {
    const partitions = await this.#partitions(topic)
    const each = (partition: Partition) => this.#reading.remaining(partition, this.#standing(reader, partition))
    return this.#read(() => partitions.reduce((sum, partition) => sum + each(partition), 0))
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    this.#bell.close()
    this.#presence.close()
    // The scribe is the last to close, so that folding the write-ahead log does not block the event loop.
    this.#db.close()
    await this.#scribe.close()
  }

  /** Several queries of one piece of work see the same state of the file. */
  #snapshot<T>(work: () => T): T {
    this.#db.exec('BEGIN')
    try {
      return work()
    } finally {
      this.#db.exec('COMMIT')
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closing.signal.aborted) throw new MillraceError('LOG_CLOSED', 'The log has been closed')
  }

  #standing(reader: string, partition: Partition): number {
    return Math.max(this.#reading.committed(reader, partition.id) ?? 0, this.#reading.oldest(partition))
  }

  async #cursors(name: string, offsetOf: (partition: Partition) => number): Promise<readonly Cursor[]> {
    const partitions = await this.#partitions(name)
    return this.#read(() =>
      partitions.map((one) => ({
        topic: name,
        topicId: one.topic.incarnation,
        partition: one.number,
        offset: offsetOf(one),
      })),
    )
  }

  #partitions(name: string): Promise<readonly Partition[]> {
    return this.#read(() => {
      const topic = this.#catalogue.topic(name)
      return topic.partitionIds.map((_, number) => partitionOf(topic, number))
    })
  }

  /**
   * Reads once the file lets us: for a moment after another process died, it does not. Lets the event loop turn first,
   * because reading itself never waits: a caller that only reads would starve all others.
   */
  async #read<T>(work: () => T): Promise<T> {
    await turn()
    for (const startMs = performance.now(); ; await pause(1)) {
      this.#refuseWhenClosed()
      try {
        return this.#snapshot(work)
      } catch (error) {
        if (!isBusy(error) || performance.now() - startMs > READ_WAIT_MAX_MS) throw sqliteFault(error, this.#path)
      }
    }
  }
}

function partitionOf(topic: Topic, number: number): Partition {
  const id = topic.partitionIds[number]
  if (id === undefined) throw new MillraceError('TOPIC_UNKNOWN', `${topic.name} has no partition ${number}`)
  return { topic, number, id }
}
