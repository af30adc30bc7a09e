// What a retry knows of the dead letters of its connector: where each lies, and in which order those of a row have to
// go. It follows the dead topics, and holds no rows.

import { type Cursor, cursorScope } from '../core/cursor.ts'
import {
  type DeadFilter,
  type DeadLetter,
  deadLane,
  deadLetterKey,
  deadLetterPlace,
  isMeant,
} from '../core/dead-letter.ts'
import { deadTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { Column } from './column.ts'
import { formatLane, laneHash, parseLane } from './lane-hash.ts'
import { NO_ROW } from './pair-table.ts'
import { TopicTail } from './topic-tail.ts'
import { type LetterPlace, WaitingLetters } from './waiting-letters.ts'

export interface DeadEntry {
  readonly id: string
  /** Short for its row: bookmarks name rows by it. */
  readonly lane: string
  /** Of the record that died. */
  readonly cursor: Cursor
  /** Of all letters of its partition. */
  readonly firstDiedAtMs: number
  readonly bytes: number
  /** In the dead topic. */
  readonly partition: number
  readonly offset: number
}

export interface DeadIndexOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
  /** All change topics of the connector. */
  readonly topics: readonly string[]
  readonly filter: DeadFilter & { readonly connector: string }
}

/** By change topic, where the partitions of its dead topic ended. */
export type DeadEnds = Readonly<Record<string, readonly number[]>>

export class DeadIndex {
  readonly #options: DeadIndexOptions
  readonly #tails: readonly TopicTail[]
  readonly #letters = new WaitingLetters()
  /** By scope, a cursor of it. */
  readonly #cursors = new Map<string, Cursor>()
  readonly #bytes = new Column(Uint32Array)
  readonly #isMeant = new Column(Uint8Array)
  /** In the dead topic. */
  readonly #partitions = new Column(Uint32Array)
  readonly #offsets = new Column(Float64Array)

  constructor(options: DeadIndexOptions) {
    this.#options = options
    const { log, signal, topics } = options
    const take = (record: StoredRecord) => this.#take(record)
    this.#tails = topics.map((topic) => new TopicTail({ log, signal, topic: deadTopic(topic), take }))
  }

  async refresh(): Promise<void> {
    for (const tail of this.#tails) await tail.refresh()
  }

  get topics(): readonly string[] {
    return this.#options.topics
  }

  get(id: string): DeadEntry | null {
    const letter = this.#letters.find(deadLetterPlace(id))
    return letter === NO_ROW ? null : this.#entryOf(letter)
  }

  waits(place: LetterPlace): boolean {
    return this.#letters.find(place) !== NO_ROW
  }

  /** How many letters there are of rows of which one is meant. */
  get count(): number {
    const meant = this.#meant()
    let count = 0
    for (const letter of this.#letters.letters()) count += meant[this.#letters.laneOf(letter)] ?? 0
    return count
  }

  /**
   * Rows of which a letter is meant, and whose oldest letter lay in the dead topic before these ends, oldest first. A
   * letter that was rejected again has been appended anew: whoever set the ends before that does not get its row again.
   */
  lanesBefore(ends: DeadEnds, lanesMax: number): readonly string[] {
    const byAge = (one: number, other: number) => (this.#letters.isOlder(one, other) ? -1 : 1)
    let found: number[] = []
    let last = NO_ROW
    for (const letter of this.#oldestMeant()) {
      if (last !== NO_ROW && this.#letters.isOlder(last, letter)) continue
      const { topic } = this.#cursorOf(letter)
      if (this.#offsets.get(letter) >= (ends[topic]?.[this.#partitions.get(letter)] ?? 0)) continue
      found.push(letter)
      if (found.length < 2 * lanesMax) continue
      found = found.toSorted(byAge).slice(0, lanesMax)
      last = found.at(-1) ?? NO_ROW
    }
    return found
      .toSorted(byAge)
      .slice(0, lanesMax)
      .map((letter) => this.#laneOf(letter))
  }

  /** Of rows of which a letter is meant, early and late ones: the oldest letters of each. */
  sample(lettersMax: number): readonly DeadEntry[] {
    const meant = [...this.#oldestMeant()].toSorted((one, other) => this.#offsets.get(one) - this.#offsets.get(other))
    const step = Math.max(1, Math.floor(meant.length / lettersMax))
    const oldest = meant.filter((_, index) => index % step === 0).slice(0, lettersMax)
    const each = Math.floor(lettersMax / oldest.length)
    return oldest.flatMap((letter) => {
      const all = [...this.#letters.ofLane(this.#letters.laneOf(letter))]
      const inOrder = all.toSorted((one, other) => (this.#letters.isOlder(one, other) ? -1 : 1))
      return inOrder.slice(0, each).map((one) => this.#entryOf(one))
    })
  }

  lettersOf(lanes: ReadonlySet<string>): readonly DeadEntry[] {
    return [...lanes].flatMap((name) => {
      const lane = this.#letters.lane(parseLane(name))
      return lane === NO_ROW ? [] : [...this.#letters.ofLane(lane)].map((letter) => this.#entryOf(letter))
    })
  }

  /** By row, 1 where one of its letters is meant. */
  #meant(): Uint8Array {
    const meant = new Uint8Array(this.#letters.lanesEnd)
    for (const letter of this.#letters.letters()) {
      if (this.#isMeant.get(letter) === 1) meant[this.#letters.laneOf(letter)] = 1
    }
    return meant
  }

  *#oldestMeant(): Iterable<number> {
    const meant = this.#meant()
    for (const lane of this.#letters.lanes()) if (meant[lane] === 1) yield this.#letters.oldestOf(lane)
  }

  #cursorOf(letter: number): Cursor {
    const { scope, offset } = this.#letters.placeOf(letter)
    return { ...(this.#cursors.get(scope) as Cursor), offset }
  }

  #laneOf(letter: number): string {
    return formatLane(this.#letters.hashOf(this.#letters.laneOf(letter)))
  }

  #entryOf(letter: number): DeadEntry {
    const cursor = this.#cursorOf(letter)
    return {
      id: deadLetterKey({ connector: this.#options.filter.connector, cursor }),
      lane: this.#laneOf(letter),
      cursor,
      firstDiedAtMs: this.#letters.firstDiedAtMs(letter),
      bytes: this.#bytes.get(letter),
      partition: this.#partitions.get(letter),
      offset: this.#offsets.get(letter),
    }
  }

  async #take({ key, value, partition, offset }: StoredRecord): Promise<void> {
    const { filter, records } = this.#options
    const id = Buffer.from(key).toString()
    if (!id.startsWith(`${filter.connector}:`)) return
    if (value === null) return this.#drop(id)
    const letter = await records.unpack('deadLetter', value)
    this.#add(letter, { partition, offset })
  }

  #add(letter: DeadLetter, { partition, offset }: Pick<StoredRecord, 'partition' | 'offset'>): void {
    const { cursor, diedAtMs, key, value } = letter
    const scope = cursorScope(cursor)
    if (!this.#cursors.has(scope)) this.#cursors.set(scope, cursor)
    const lane = laneHash(Buffer.from(deadLane(letter), 'latin1'))
    const number = this.#letters.add(lane, { scope, offset: cursor.offset }, diedAtMs)
    this.#bytes.set(number, key.length + (value?.length ?? 0))
    this.#isMeant.set(number, isMeant(letter, this.#options.filter) ? 1 : 0)
    this.#partitions.set(number, partition)
    this.#offsets.set(number, offset)
  }

  #drop(id: string): void {
    const letter = this.#letters.find(deadLetterPlace(id))
    if (letter !== NO_ROW) this.#letters.drop(letter)
  }
}
