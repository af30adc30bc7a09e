// The keys whose events wait in dead topics: later events of such a key go behind the dead one, so that order per key
// holds when it is replayed. Rebuilt from the dead topics themselves, which any member of the reader writes to.

import { cursorScope } from '../core/cursor.ts'
import { type DeadLetter, deadLetterPlace } from '../core/dead-letter.ts'
import { deadTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { laneHash } from './lane-hash.ts'
import { NO_ROW } from './pair-table.ts'
import { TopicTail } from './topic-tail.ts'
import { type LetterPlace, WaitingLetters } from './waiting-letters.ts'

export interface ParkedOptions {
  readonly connector: string
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

/** The keys of one topic. */
export class Parked {
  readonly #options: ParkedOptions
  readonly #letters = new WaitingLetters()
  readonly #tail: TopicTail

  constructor(topic: string, options: ParkedOptions) {
    this.#options = options
    const { log, signal } = options
    this.#tail = new TopicTail({ log, signal, topic: deadTopic(topic), take: (record) => this.#take(record) })
  }

  get isEmpty(): boolean {
    return this.#letters.size === 0
  }

  /** The cursor of the oldest dead event of this key, as text. */
  behind(key: Uint8Array): string | null {
    if (this.isEmpty) return null
    const lane = this.#letters.lane(laneHash(key))
    if (lane === NO_ROW) return null
    const { scope, offset } = this.#letters.placeOf(this.#letters.oldestOf(lane))
    return `${scope}:${offset}`
  }

  /** Whether the record died and its letter waits. */
  waits(place: LetterPlace): boolean {
    return !this.isEmpty && this.#letters.find(place) !== NO_ROW
  }

  /** Takes in what has been added to the dead topic, and dropped from it, since the last look. */
  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  add({ key, cursor, diedAtMs }: Pick<DeadLetter, 'key' | 'cursor' | 'diedAtMs'>): void {
    this.#letters.add(laneHash(key), { scope: cursorScope(cursor), offset: cursor.offset }, diedAtMs)
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    const id = Buffer.from(key).toString()
    if (!id.startsWith(`${this.#options.connector}:`)) return
    if (value === null) this.#drop(id)
    else this.add(await this.#options.records.unpack('deadLetter', value))
  }

  #drop(id: string): void {
    const letter = this.#letters.find(deadLetterPlace(id))
    if (letter !== NO_ROW) this.#letters.drop(letter)
  }
}
