// The keys whose events wait in dead topics: later events of such a key go behind the dead one, so that order per key
// holds when it is replayed. Rebuilt from the dead topics themselves, which any member of the reader writes to.

import { formatCursor } from '../core/cursor.ts'
import type { DeadLetter } from '../core/dead-letter.ts'
import { keyText } from '../core/lane.ts'
import { deadTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { TopicTail } from './topic-tail.ts'

export interface ParkedOptions {
  readonly connector: string
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

/** The keys of one topic. */
export class Parked {
  readonly #options: ParkedOptions
  /** Dead letters by lane, oldest first, each with the text of its record's cursor. */
  readonly #lanes = new Map<string, Map<string, string>>()
  readonly #laneOf = new Map<string, string>()
  readonly #tail: TopicTail

  constructor(topic: string, options: ParkedOptions) {
    this.#options = options
    const { log, signal } = options
    this.#tail = new TopicTail({ log, signal, topic: deadTopic(topic), take: (record) => this.#take(record) })
  }

  get isEmpty(): boolean {
    return this.#lanes.size === 0
  }

  /** The cursor of the oldest dead event of this key, as text. */
  behind(key: Uint8Array): string | null {
    if (this.#lanes.size === 0) return null
    const [cursor] = this.#lanes.get(keyText(key))?.values() ?? []
    return cursor ?? null
  }

  /** Takes in what has been added to the dead topic, and dropped from it, since the last look. */
  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  add(id: string, { key, cursor }: Pick<DeadLetter, 'key' | 'cursor'>): void {
    const name = keyText(key)
    const letters = this.#lanes.get(name) ?? new Map<string, string>()
    letters.set(id, formatCursor(cursor))
    this.#lanes.set(name, letters)
    this.#laneOf.set(id, name)
  }

  async #take(record: StoredRecord): Promise<void> {
    const id = Buffer.from(record.key).toString()
    if (!id.startsWith(`${this.#options.connector}:`)) return
    if (record.value === null) this.#drop(id)
    else this.add(id, await this.#options.records.unpack('deadLetter', record.value))
  }

  #drop(id: string): void {
    const name = this.#laneOf.get(id)
    if (name === undefined) return
    this.#laneOf.delete(id)
    const letters = this.#lanes.get(name)
    letters?.delete(id)
    if (letters?.size === 0) this.#lanes.delete(name)
  }
}
