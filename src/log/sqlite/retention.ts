// Forgets what a topic need not keep any longer, oldest first and a little at a time, so that appends pass in between.
// Only what is older than asked, or lies beyond the size asked for, ever goes.

import type { Statements } from './statements.ts'

export interface RetentionLimits {
  /** How long records are kept, counted from when they were appended. */
  readonly ageMs: number
  /** How much of a topic is kept, however old; null for no limit. */
  readonly topicBytes: number | null
  /** How long a compacted topic shows followers that a key was deleted. */
  readonly deletionAgeMs: number
}

const SLICE_FRAMES = 32
const SLICE_DELETIONS = 500

interface Oldest {
  readonly id: number
  readonly partition_id: number
  readonly stored_ms: number
  readonly size: number
}

export class Retention {
  readonly #sql: Statements
  readonly #limits: RetentionLimits

  constructor(sql: Statements, limits: RetentionLimits) {
    this.#sql = sql
    this.#limits = limits
  }

  /** Deletes a slice inside the caller's transaction; false when nothing was left to delete. */
  slice(nowMs: number): boolean {
    const topics = this.#sql.rows<{ id: number }>('SELECT id FROM topic WHERE NOT is_compacted')
    let deleted = this.#forgetDeletions(nowMs)
    for (const { id } of topics) {
      for (let frames = 0; frames < SLICE_FRAMES && this.#forgetOldest(id, nowMs); frames++) deleted = true
    }
    return deleted
  }

  #forgetDeletions(nowMs: number): boolean {
    const changes = this.#sql.run(
      `DELETE FROM newest WHERE id IN
         (SELECT id FROM newest WHERE value IS NULL AND stored_ms < ? LIMIT ${SLICE_DELETIONS})`,
      nowMs - this.#limits.deletionAgeMs,
    )
    return changes > 0
  }

  #forgetOldest(topicId: number, nowMs: number): boolean {
    const oldest = this.#oldest(topicId)
    if (oldest === null || !this.#isOver(topicId, oldest, nowMs)) return false
    this.#sql.run('DELETE FROM frame WHERE id = ?', oldest.id)
    this.#sql.run('UPDATE partition SET bytes = bytes - ? WHERE id = ?', oldest.size, oldest.partition_id)
    return true
  }

  /** The frame of the topic that was appended first. */
  #oldest(topicId: number): Oldest | null {
    const partitions = this.#sql.rows<{ id: number }>('SELECT id FROM partition WHERE topic_id = ?', topicId)
    let oldest: Oldest | null = null
    for (const { id } of partitions) {
      const first = this.#sql.row<Oldest>(
        `SELECT id, partition_id, stored_ms, length(bytes) AS size FROM frame
         WHERE partition_id = ? ORDER BY base LIMIT 1`,
        id,
      )
      if (first !== undefined && (oldest === null || first.id < oldest.id)) oldest = first
    }
    return oldest
  }

  #isOver(topicId: number, { stored_ms, size }: Oldest, nowMs: number): boolean {
    const { ageMs, topicBytes } = this.#limits
    if (stored_ms < nowMs - ageMs) return true
    if (topicBytes === null) return false
    const query = 'SELECT sum(bytes) AS bytes FROM partition WHERE topic_id = ?'
    return this.#sql.one<{ bytes: number }>(query, topicId).bytes - size >= topicBytes
  }
}
