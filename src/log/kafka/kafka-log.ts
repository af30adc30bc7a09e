// The log in Kafka: the port's promises kept by transactions, consumer groups and compacted topics.

import type { Cursor } from '../../core/cursor.ts'
import { MillraceError } from '../../core/errors.ts'
import type { FollowOptions, Log, LogBatch, LogWriter, StoredRecord, TopicSpec } from '../log.ts'
import { Cluster } from './cluster.ts'
import { END, OLDEST } from './fetch-protocol.ts'
import { Follower } from './follower.ts'
import { committedOffsets } from './group-offsets.ts'
import { KAFKA_DEFAULTS, type KafkaSettings } from './kafka-settings.ts'
import { KafkaWriter } from './kafka-writer.ts'
import { searchOffsets } from './offset-search.ts'
import { readStretch, type Stretch } from './partition-reading.ts'
import { remainingRecords } from './remaining.ts'
import { declareTopics } from './topic-declaration.ts'

export type KafkaLogOptions = Pick<KafkaSettings, 'brokers'> & Partial<KafkaSettings>

/** Returns when a broker has answered. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  const log = new KafkaLog({ ...KAFKA_DEFAULTS, ...options })
  await log.reach()
  return log
}

class KafkaLog implements Log {
  readonly #settings: KafkaSettings
  readonly #cluster: Cluster
  /** Fetches wait at the broker, and whatever is asked on the same connection waits with them. */
  readonly #reading: Cluster
  readonly #writers = new Set<LogWriter>()
  /** By reader, see GroupMemberOptions. */
  readonly #ghosts = new Map<string, Set<string>>()
  readonly #closing = new AbortController()

  constructor(settings: KafkaSettings) {
    this.#settings = settings
    this.#cluster = new Cluster(settings)
    this.#reading = new Cluster(settings)
  }

  async reach(): Promise<void> {
    try {
      await this.#cluster.lookUp([])
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async declare(topics: readonly TopicSpec[]): Promise<void> {
    if (topics.length > 0) await declareTopics(this.#cluster, topics, this.#settings)
  }

  async writer(id: string): Promise<LogWriter> {
    const writer = await KafkaWriter.open(id, this.#settings)
    this.#writers.add(writer)
    return writer
  }

  async *follow(
    reader: string,
    topics: readonly string[],
    { signal, onShare }: FollowOptions,
  ): AsyncGenerator<LogBatch, void, undefined> {
    const ends = AbortSignal.any([signal, this.#closing.signal])
    const ghosts = this.#ghosts.get(reader) ?? new Set()
    this.#ghosts.set(reader, ghosts)
    if (!ends.aborted) yield* new Follower({ reader, topics, settings: this.#settings, ghosts, onShare }).batches(ends)
  }

  async *range(
    from: Cursor,
    to: Cursor,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredRecord[], void, undefined> {
    const { topicId } = await this.#reading.refreshTopic(from.topic)
    for (const cursor of [from, to]) {
      if (cursor.topicId === topicId && cursor.partition === from.partition) continue
      throw new MillraceError('TOPIC_UNKNOWN', `the log has no ${cursor.topic} of incarnation ${cursor.topicId}`)
    }
    const ends = AbortSignal.any([signal, this.#closing.signal])
    const stretch = { topic: from.topic, partition: from.partition, from: from.offset, to: to.offset }
    for await (const { records } of readStretch(this.#reading, stretch, ends)) yield records
  }

  async *latest(topic: string): AsyncGenerator<StoredRecord, void, undefined> {
    const ends = await this.#search(topic, END)
    const oldest = await this.#search(topic, OLDEST)
    for (const [partition, to] of ends.entries()) {
      const newest = new Map<string, StoredRecord>()
      const stretch = { topic, partition, from: oldest[partition] ?? 0, to }
      for await (const { records } of readStretch(this.#reading, stretch, this.#closing.signal)) {
        for (const record of records) newest.set(Buffer.from(record.key).toString('latin1'), detached(record))
      }
      for (const record of newest.values()) if (record.value !== null) yield record
    }
  }

  async ends(topic: string): Promise<readonly Cursor[]> {
    return this.#cursors(topic, () => this.#search(topic, END))
  }

  async at(topic: string, time: Date): Promise<readonly Cursor[]> {
    return this.#cursors(topic, async () => {
      const ends = await this.#search(topic, END)
      const found = await this.#search(topic, time.getTime())
      const stretches = ends.map((to, partition) => ({ topic, partition, from: found[partition] ?? -1, to }))
      return Promise.all(stretches.map((stretch) => this.#firstSince(stretch, time.getTime())))
    })
  }

  async committed(reader: string, topic: string): Promise<readonly Cursor[]> {
    return this.#cursors(topic, () => this.#standing(reader, topic))
  }

  async lag(reader: string, topic: string): Promise<number> {
    const ends = await this.#search(topic, END)
    const standing = await this.#standing(reader, topic)
    const stretches = ends.map((to, partition) => ({ topic, partition, from: standing[partition] ?? 0, to }))
    const each = await Promise.all(stretches.map((stretch) => remainingRecords(this.#reading, stretch)))
    return each.reduce((sum, remaining) => sum + remaining, 0)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#writers].map((writer) => writer.close()))
    this.#cluster.close()
    this.#reading.close()
  }

  /** What open transactions have written counts: they may be committed before this answers. */
  #search(topic: string, timeMs: number): Promise<readonly number[]> {
    return searchOffsets(this.#cluster, topic, timeMs)
  }

  /** The brokers' own search also finds transaction markers, which bear the time of their writing. */
  async #firstSince(stretch: Stretch, timeMs: number): Promise<number> {
    if (stretch.from < 0) return stretch.to
    for await (const { records } of readStretch(this.#reading, stretch, this.#closing.signal)) {
      const found = records.find((record) => record.timeMs >= timeMs)
      if (found !== undefined) return found.offset
    }
    return stretch.to
  }

  async #standing(reader: string, topic: string): Promise<readonly number[]> {
    const oldest = await this.#search(topic, OLDEST)
    const places = oldest.map((_, partition) => ({ topic, partition }))
    const committed = await committedOffsets(this.#cluster, { group: reader }, places)
    return oldest.map((offset, partition) => Math.max(offset, committed[partition] ?? 0))
  }

  /** The incarnation is asked for first: offsets of a newer one then count as those of one that is gone. */
  async #cursors(topic: string, find: () => Promise<readonly number[]>): Promise<readonly Cursor[]> {
    const { topicId } = await this.#cluster.refreshTopic(topic)
    const offsets = await find()
    return offsets.map((offset, partition) => ({ topic, topicId, partition, offset }))
  }
}

/** Not a view into everything that was fetched with it. */
function detached(record: StoredRecord): StoredRecord {
  const value = record.value && Uint8Array.from(record.value)
  return { ...record, key: Uint8Array.from(record.key), value }
}
