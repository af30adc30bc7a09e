// The topics of the file by name. They never change once declared, so each is read once.

import { MillraceError } from '../../core/errors.ts'
import type { Statements } from './statements.ts'

export interface Topic {
  readonly id: number
  readonly name: string
  readonly incarnation: string
  readonly isCompacted: boolean
  /** The id of each partition in the file, by its number. */
  readonly partitionIds: readonly number[]
}

export class Catalogue {
  readonly #sql: Statements
  readonly #known = new Map<string, Topic>()

  constructor(sql: Statements) {
    this.#sql = sql
  }

  topic(name: string): Topic {
    const topic = this.#known.get(name) ?? this.#read(name)
    this.#known.set(name, topic)
    return topic
  }

  #read(name: string): Topic {
    const row = this.#sql.row<{ id: number; incarnation: string; is_compacted: number }>(
      'SELECT id, incarnation, is_compacted FROM topic WHERE name = ?',
      name,
    )
    if (row === undefined) throw new MillraceError('TOPIC_UNKNOWN', `The log has no topic ${name}`)
    const partitions = this.#sql.rows<{ id: number }>(
      'SELECT id FROM partition WHERE topic_id = ? ORDER BY number',
      row.id,
    )
    return {
      id: row.id,
      name,
      incarnation: row.incarnation,
      isCompacted: row.is_compacted === 1,
      partitionIds: partitions.map((one) => one.id),
    }
  }
}
