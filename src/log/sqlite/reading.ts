// Reads records: a few frames at a time and never across an await, so that no snapshot is held and the write-ahead log
// can always be folded back into the file.

import { MillraceError } from '../../core/errors.ts'
import type { StoredRecord } from '../log.ts'
import type { Topic } from './catalogue.ts'
import { checksum, unpackFrame } from './frame.ts'
import type { Statements } from './statements.ts'

const CHUNK_BYTES = 1024 * 1024
const CHUNK_RECORDS = 4000

export interface Partition {
  readonly topic: Topic
  readonly number: number
  readonly id: number
}

interface FrameRow {
  readonly base: number
  readonly checksum: number
  readonly bytes: Uint8Array
}

interface NewestRow {
  readonly place: number
  readonly key: Uint8Array
  readonly value: Uint8Array | null
  readonly time_ms: number
}

export class Reading {
  readonly #sql: Statements

  constructor(sql: Statements) {
    this.#sql = sql
  }

  /**
   * A chunk from exactly there: throws where records from `from` on are no longer all there, since retention may overtake
   * whoever reads. In a compacted topic only superseded ones go.
   */
  unbroken(partition: Partition, from: number): readonly StoredRecord[] {
    const oldest = partition.topic.isCompacted ? 0 : this.oldest(partition)
    if (from >= oldest) return this.#chunk(partition, from)
    const place = `${partition.topic.name}/${partition.number}`
    throw new MillraceError('LOG_HISTORY_GONE', `${place} has no offset ${from} any more; the oldest kept is ${oldest}`)
  }

  /** Some records from `from` on, in order; none only when the partition holds none there. */
  #chunk(partition: Partition, from: number): readonly StoredRecord[] {
    if (!partition.topic.isCompacted) return this.#framesFrom(partition, from)
    const rows = this.#sql.each<NewestRow>(
      'SELECT place, key, value, time_ms FROM newest WHERE partition_id = ? AND place >= ? ORDER BY place',
      ...[partition.id, from],
    )
    return take(partition, rows)
  }

  #framesFrom({ topic, number, id }: Partition, from: number): readonly StoredRecord[] {
    const records: StoredRecord[] = []
    let size = 0
    const frames = this.#sql.each<FrameRow>(
      `SELECT base, checksum, bytes FROM frame WHERE partition_id = ?1 AND base >=
         coalesce((SELECT max(base) FROM frame WHERE partition_id = ?1 AND base <= ?2), 0) ORDER BY base`,
      ...[id, from],
    )
    for (const { base, bytes, checksum: expected } of frames) {
      if (checksum(bytes) !== expected) {
        throw new MillraceError(
          'LOG_FILE_UNUSABLE',
          `The log file is damaged at offset ${base} of ${topic.name}/${number}`,
        )
      }
      size += unpackFrame(bytes, { topic: topic.name, partition: number, base, from }, records)
      if (size >= CHUNK_BYTES || records.length >= CHUNK_RECORDS) break
    }
    return records
  }

  /** Some keys of a compacted partition that have a value, in key order, after `key`; null starts at the first. */
  keysAfter(partition: Partition, key: Uint8Array | null): readonly StoredRecord[] {
    const rows = this.#sql.each<NewestRow>(
      `SELECT place, key, value, time_ms FROM newest
       WHERE partition_id = ?1 AND (?2 IS NULL OR key > ?2) AND value IS NOT NULL ORDER BY key`,
      ...[partition.id, key],
    )
    return take(partition, rows)
  }

  /** The end of every partition of these topics, by partition id. */
  ends(topics: readonly Topic[]): ReadonlyMap<number, number> {
    const rows = this.#sql.rows<{ id: number; next_offset: number }>(
      'SELECT id, next_offset FROM partition WHERE topic_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(topics.map((topic) => topic.id)),
    )
    return new Map(rows.map((row) => [row.id, row.next_offset]))
  }

  end(partitionId: number): number {
    return this.#sql.one<{ end: number }>('SELECT next_offset AS end FROM partition WHERE id = ?', partitionId).end
  }

  /** The oldest offset still kept; the end where nothing is. */
  oldest({ topic, id }: Partition): number {
    const { oldest } = this.#sql.one<{ oldest: number | null }>(
      topic.isCompacted
        ? 'SELECT min(place) AS oldest FROM newest WHERE partition_id = ?'
        : 'SELECT min(base) AS oldest FROM frame WHERE partition_id = ?',
      id,
    )
    return oldest ?? this.end(id)
  }

  /** The reader's cursor; null where it has committed none. */
  committed(reader: string, partitionId: number): number | null {
    const row = this.#sql.row<{ next_offset: number | null }>(
      'SELECT next_offset FROM cursor WHERE reader = ? AND partition_id = ?',
      ...[reader, partitionId],
    )
    return row?.next_offset ?? null
  }

  /** How many records the partition holds from `from` on. */
  remaining({ topic, id }: Partition, from: number): number {
    if (!topic.isCompacted) return this.end(id) - from
    const query = 'SELECT count(*) AS count FROM newest WHERE partition_id = ? AND place >= ?'
    return this.#sql.one<{ count: number }>(query, id, from).count
  }

  /** The first offset whose record's time is `timeMs` or later; the end where there is none. */
  at(partition: Partition, timeMs: number): number {
    for (let from = partition.topic.isCompacted ? 0 : this.#reached(partition.id, timeMs); ; ) {
      const records = this.#chunk(partition, from)
      const found = records.find((record) => record.timeMs >= timeMs)
      if (found !== undefined) return found.offset
      const last = records.at(-1)
      if (last === undefined) return this.end(partition.id)
      from = last.offset + 1
    }
  }

  /** Where the partition reached the time: the base of the first frame that did, found by halving. */
  #reached(partitionId: number, timeMs: number): number {
    let low = 0
    let high = this.end(partitionId)
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const frame = this.#sql.row<{ base: number; count: number; reached_ms: number }>(
        'SELECT base, count, reached_ms FROM frame WHERE partition_id = ? AND base <= ? ORDER BY base DESC LIMIT 1',
        ...[partitionId, middle],
      )
      if (frame === undefined) low = middle + 1
      else if (frame.reached_ms < timeMs) low = frame.base + frame.count
      else high = Math.min(frame.base, middle)
    }
    return low
  }
}

function take({ topic, number }: Partition, rows: Iterable<NewestRow>): readonly StoredRecord[] {
  const records: StoredRecord[] = []
  let size = 0
  for (const { place, key, value, time_ms } of rows) {
    records.push({ topic: topic.name, partition: number, offset: place, key, value, timeMs: time_ms })
    size += key.length + (value?.length ?? 0)
    if (size >= CHUNK_BYTES || records.length >= CHUNK_RECORDS) break
  }
  return records
}
