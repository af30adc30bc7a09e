// The scribe's half of readers: who follows, who holds which partition, and cursors that only the holder may move.

import { MillraceError } from '../../core/errors.ts'
import type { Appending } from './appending.ts'
import type { CommitOrder, Membership as Joined, JoinOrder, Place, Pulse } from './orders.ts'
import { type Portion, type Sharer, share } from './share.ts'
import type { Statements } from './statements.ts'

interface Id {
  readonly id: number
}

interface Reader {
  readonly reader: string
}

interface HoldingRow {
  readonly partition_id: number
  readonly topic_id: number
  readonly member_id: number | null
  readonly heir_id: number | null
}

interface Holding extends Portion {
  readonly memberId: number | null
  readonly heirId: number | null
}

export class Membership {
  readonly #sql: Statements
  readonly #appending: Appending

  constructor(sql: Statements, appending: Appending) {
    this.#sql = sql
    this.#appending = appending
  }

  join({ reader, topicIds, sessionId, process }: JoinOrder): Joined {
    const session =
      this.#sql.row<Id>('SELECT id FROM session WHERE id = ?', sessionId) ??
      this.#sql.one<Id>('INSERT INTO session (process) VALUES (?) RETURNING id', process)
    const member = this.#sql.one<Id>(
      'INSERT INTO member (session_id, reader, topic_ids) VALUES (?, ?, ?) RETURNING id',
      ...[session.id, reader, JSON.stringify(topicIds)],
    )
    this.#sql.run(
      `INSERT OR IGNORE INTO cursor (reader, partition_id)
       SELECT ?, id FROM partition WHERE topic_id IN (SELECT value FROM json_each(?))`,
      ...[reader, JSON.stringify(topicIds)],
    )
    this.#divide(reader)
    return { sessionId: session.id, memberId: member.id }
  }

  leave(memberId: number): void {
    const query = 'DELETE FROM member WHERE id = ? RETURNING reader, session_id'
    const member = this.#sql.row<{ reader: string; session_id: number }>(query, memberId)
    if (member === undefined) return
    this.#sql.run(
      'DELETE FROM session WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM member WHERE session_id = ?1)',
      member.session_id,
    )
    this.#divide(member.reader)
  }

  /** True when the partition went to its heir with this commit. */
  commit({ reader, partitionId, epoch, nextOffset, load }: CommitOrder): boolean {
    const held = this.#sql.row<{ epoch: number; heir_id: number | null }>(
      'SELECT epoch, heir_id FROM cursor WHERE reader = ? AND partition_id = ?',
      reader,
      partitionId,
    )
    if (held?.epoch !== epoch) {
      throw new MillraceError('LOG_CURSOR_LOST', `Another member of ${reader} has taken the partition over`)
    }
    this.#sql.run(
      'UPDATE cursor SET next_offset = ? WHERE reader = ? AND partition_id = ?',
      ...[nextOffset, reader, partitionId],
    )
    if (held.heir_id !== null) this.handOver({ reader, partitionId, epoch })
    this.#appending.store(load)
    return held.heir_id !== null
  }

  handOver({ reader, partitionId, epoch }: Place): void {
    this.#sql.run(
      `UPDATE cursor SET member_id = heir_id, heir_id = NULL, epoch = epoch + 1
       WHERE reader = ? AND partition_id = ? AND epoch = ? AND heir_id IS NOT NULL`,
      ...[reader, partitionId, epoch],
    )
  }

  beat(sessionId: number): void {
    this.#sql.run('UPDATE session SET beat = beat + 1 WHERE id = ?', sessionId)
  }

  expire({ sessionId, beat }: Pulse): void {
    if (this.#sql.row('SELECT id FROM session WHERE id = ? AND beat = ?', sessionId, beat) === undefined) return
    const gone = this.#sql.rows<Reader>('DELETE FROM member WHERE session_id = ? RETURNING reader', sessionId)
    this.#sql.run('DELETE FROM session WHERE id = ?', sessionId)
    for (const reader of new Set(gone.map((one) => one.reader))) this.#divide(reader)
  }

  /** Gives each partition its holder. One that is in a living member's hands is passed on when that member lets go. */
  #divide(reader: string): void {
    const sharers = this.#sharers(reader)
    const living = new Set(sharers.map((one) => one.id))
    const holdings = this.#holdings(reader)
    share(holdings, sharers)
    for (const { partitionId, memberId, heirId, holder } of holdings) {
      const isHeld = memberId !== null && living.has(memberId)
      const member = isHeld || holder === null ? (isHeld ? memberId : null) : holder
      const heir = isHeld && holder !== memberId ? holder : null
      if (member === memberId && heir === heirId) continue
      this.#sql.run(
        'UPDATE cursor SET member_id = ?, heir_id = ?, epoch = epoch + ? WHERE reader = ? AND partition_id = ?',
        ...[member, heir, Number(member !== null && member !== memberId), reader, partitionId],
      )
    }
  }

  #sharers(reader: string): readonly Sharer[] {
    const rows = this.#sql.rows<{ id: number; topic_ids: string }>(
      'SELECT id, topic_ids FROM member WHERE reader = ? ORDER BY id',
      reader,
    )
    return rows.map((row) => ({
      id: row.id,
      topicIds: new Set<number>(JSON.parse(row.topic_ids)),
    }))
  }

  #holdings(reader: string): readonly Holding[] {
    const rows = this.#sql.rows<HoldingRow>(
      `SELECT partition_id, topic_id, member_id, heir_id FROM cursor JOIN partition ON partition.id = partition_id
       WHERE reader = ? ORDER BY partition_id`,
      reader,
    )
    return rows.map((row) => ({
      partitionId: row.partition_id,
      topicId: row.topic_id,
      memberId: row.member_id,
      heirId: row.heir_id,
      holder: row.heir_id ?? row.member_id,
    }))
  }
}
