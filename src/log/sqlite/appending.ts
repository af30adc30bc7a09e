// The scribe's half of writers: topics, their partitions, and records laid down behind the last.

import { randomUUID } from 'node:crypto'
import { MillraceError } from '../../core/errors.ts'
import type { StoredRecord, TopicSpec } from '../log.ts'
import { checksum, type Frame, type Load, unpackFrame } from './frame.ts'
import type { AppendOrder } from './orders.ts'
import type { Statements } from './statements.ts'

export class Appending {
  readonly #sql: Statements

  constructor(sql: Statements) {
    this.#sql = sql
  }

  declare(topics: readonly TopicSpec[]): void {
    const missing = topics.filter((spec) => !this.#exists(spec))
    for (const { topic, partitions, isCompacted } of missing) {
      const { id } = this.#sql.one<{ id: number }>(
        'INSERT INTO topic (name, incarnation, partitions, is_compacted) VALUES (?, ?, ?, ?) RETURNING id',
        ...[topic, randomUUID(), partitions, Number(isCompacted)],
      )
      for (let number = 0; number < partitions; number++) {
        this.#sql.run('INSERT INTO partition (topic_id, number) VALUES (?, ?)', id, number)
      }
    }
  }

  #exists({ topic, partitions, isCompacted }: TopicSpec): boolean {
    const found = this.#sql.row<{ partitions: number; is_compacted: number }>(
      'SELECT partitions, is_compacted FROM topic WHERE name = ?',
      topic,
    )
    if (found === undefined) return false
    if (found.partitions === partitions && found.is_compacted === Number(isCompacted)) return true
    const says = (count: unknown, compacted: boolean) => `${count} partitions, ${compacted ? '' : 'not '}compacted`
    throw new MillraceError(
      'TOPIC_MISMATCH',
      `${topic} exists with ${says(found.partitions, found.is_compacted === 1)}; wanted ${says(partitions, isCompacted)}`,
    )
  }

  openWriter(id: string): number {
    const { epoch } = this.#sql.one<{ epoch: number }>(
      'INSERT INTO writer (id, epoch) VALUES (?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch',
      id,
    )
    return epoch
  }

  append({ writer, epoch, load }: AppendOrder): void {
    if (this.#sql.row<{ epoch: number }>('SELECT epoch FROM writer WHERE id = ?', writer)?.epoch !== epoch) {
      throw new MillraceError('LOG_FENCED', `A newer writer ${writer} has been opened`)
    }
    this.store(load)
  }

  store({ frames, bytes }: Load): void {
    for (const frame of frames) this.#storeFrame(frame, bytes.subarray(frame.start, frame.end))
  }

  #storeFrame({ partitionId, isCompacted, count, newestMs }: Frame, bytes: Uint8Array): void {
    const { next_offset, reached_ms } = this.#sql.one<{ next_offset: number; reached_ms: number }>(
      `UPDATE partition SET next_offset = next_offset + ?, reached_ms = max(reached_ms, ?)
       WHERE id = ? RETURNING next_offset, reached_ms`,
      ...[count, newestMs, partitionId],
    )
    const base = next_offset - count
    if (isCompacted) this.#storeNewest(partitionId, base, bytes)
    else {
      this.#sql.run('UPDATE partition SET bytes = bytes + ? WHERE id = ?', bytes.length, partitionId)
      this.#sql.run(
        `INSERT INTO frame (partition_id, base, count, reached_ms, stored_ms, checksum, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[partitionId, base, count, reached_ms, Date.now(), checksum(bytes), bytes],
      )
    }
  }

  #storeNewest(partitionId: number, base: number, bytes: Uint8Array): void {
    const records: StoredRecord[] = []
    unpackFrame(bytes, { topic: '', partition: 0, base, from: base }, records)
    for (const { key, value, offset, timeMs } of records) {
      this.#sql.run(
        `INSERT INTO newest (partition_id, key, place, time_ms, stored_ms, value) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (partition_id, key) DO UPDATE SET
           place = excluded.place, time_ms = excluded.time_ms, stored_ms = excluded.stored_ms, value = excluded.value`,
        ...[partitionId, key, offset, timeMs, Date.now(), value],
      )
    }
  }
}
