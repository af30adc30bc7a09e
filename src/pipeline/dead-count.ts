// How many dead letters wait for each connector. It follows the dead topics, and holds a number or two for each letter: a bad
// deployment leaves millions.

import { deadLetterPlace } from '../core/dead-letter.ts'
import { deadTopic } from '../core/topic.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { NO_ROW, PairTable } from './pair-table.ts'
import { TopicTail } from './topic-tail.ts'

export interface DeadCountOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly signal: AbortSignal
  /** All change topics of all connectors. */
  readonly topics: readonly string[]
}

export class DeadCount {
  readonly #tails: readonly TopicTail[]
  readonly #letters = new Map<string, PairTable>()
  /** The number of each scope of a cursor. */
  readonly #scopes = new Map<string, number>()

  constructor({ log, signal, topics }: DeadCountOptions) {
    const take = async (record: StoredRecord) => this.#take(record)
    this.#tails = [...new Set(topics)].map((topic) => new TopicTail({ log, signal, topic: deadTopic(topic), take }))
  }

  async refresh(): Promise<void> {
    for (const tail of this.#tails) await tail.refresh()
  }

  of(connector: string): number {
    return this.#letters.get(connector)?.size ?? 0
  }

  #take({ key, value }: StoredRecord): void {
    const id = Buffer.from(key).toString()
    const { scope, offset } = deadLetterPlace(id)
    const connector = id.slice(0, id.indexOf(':'))
    const letters = this.#letters.get(connector) ?? new PairTable()
    this.#letters.set(connector, letters)
    const number = this.#scopes.get(scope) ?? this.#scopes.size
    this.#scopes.set(scope, number)
    const letter = letters.find(number, offset)
    if (value === null && letter !== NO_ROW) letters.remove(letter)
    else if (value !== null && letter === NO_ROW) letters.add(number, offset)
  }
}
