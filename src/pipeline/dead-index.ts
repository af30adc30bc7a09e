// What a retry knows of the dead letters of its connector: where each lies, and in which order those of a row have to
// go. It follows the dead topics, and holds no rows.

import { createHash } from 'node:crypto'
import { type Cursor, cursorScope } from '../core/cursor.ts'
import { type DeadFilter, type DeadLetter, deadLane, deadLetterKey, isMeant } from '../core/dead-letter.ts'
import { deadTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { TopicTail } from './topic-tail.ts'

export interface DeadEntry {
  readonly id: string
  /** Short for its row: bookmarks name rows by it. */
  readonly lane: string
  /** Of the record that died. */
  readonly cursor: Cursor
  readonly diedAtMs: number
  readonly bytes: number
  readonly isMeant: boolean
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

const LANE_BYTES = 12

export class DeadIndex {
  readonly #options: DeadIndexOptions
  readonly #tails: readonly TopicTail[]
  readonly #entries = new Map<string, DeadEntry>()
  readonly #lanes = new Map<string, Set<string>>()

  constructor(options: DeadIndexOptions) {
    this.#options = options
    const { log, signal, topics } = options
    const take = (record: StoredRecord) => this.#take(record)
    this.#tails = topics.map((topic) => new TopicTail({ log, signal, topic: deadTopic(topic), take }))
  }

  async refresh(): Promise<void> {
    for (const tail of this.#tails) await tail.refresh()
  }

  get(id: string): DeadEntry | null {
    return this.#entries.get(id) ?? null
  }

  /** How many letters there are of rows of which one is meant. */
  get count(): number {
    return this.#meant().reduce((sum, entries) => sum + entries.length, 0)
  }

  /**
   * Rows of which a letter is meant, and whose oldest letter lay in the dead topic before these ends, oldest first. A
   * letter that was rejected again has been appended anew: whoever set the ends before that does not get its row again.
   */
  lanesBefore(ends: DeadEnds, lanesMax: number): readonly string[] {
    const oldest = this.#meant().flatMap((entries) => {
      const places = entries.map((entry) => ({ entry, place: placeOf(entry.cursor) }))
      return places.toSorted(byPlace)[0] ?? []
    })
    const before = oldest.filter(({ entry: { cursor, partition, offset } }) => {
      return offset < (ends[cursor.topic]?.[partition] ?? 0)
    })
    return before
      .toSorted(byPlace)
      .slice(0, lanesMax)
      .map(({ entry }) => entry.lane)
  }

  lettersOf(lanes: ReadonlySet<string>): readonly DeadEntry[] {
    return [...lanes].flatMap((lane) => this.#ofLane(lane))
  }

  /** By partition, the offset of the oldest letter. */
  oldest(): ReadonlyMap<string, number> {
    const oldest = new Map<string, number>()
    for (const { cursor } of this.#entries.values()) {
      const scope = cursorScope(cursor)
      oldest.set(scope, Math.min(oldest.get(scope) ?? cursor.offset, cursor.offset))
    }
    return oldest
  }

  #meant(): readonly (readonly DeadEntry[])[] {
    return [...this.#lanes.keys()]
      .map((lane) => this.#ofLane(lane))
      .filter((entries) => entries.some((entry) => entry.isMeant))
  }

  #ofLane(lane: string): readonly DeadEntry[] {
    return [...(this.#lanes.get(lane) ?? [])].flatMap((id) => this.get(id) ?? [])
  }

  async #take({ key, value, partition, offset }: StoredRecord): Promise<void> {
    const { filter, records } = this.#options
    const id = Buffer.from(key).toString()
    if (!id.startsWith(`${filter.connector}:`)) return
    if (value === null) return this.#drop(id)
    const letter = await records.unpack('deadLetter', value)
    this.#add({ ...entryOf(letter), isMeant: isMeant(letter, filter), partition, offset })
  }

  #add(entry: DeadEntry): void {
    const ids = this.#lanes.get(entry.lane) ?? new Set()
    this.#lanes.set(entry.lane, ids.add(entry.id))
    this.#entries.set(entry.id, entry)
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    const ids = this.#lanes.get(entry.lane)
    ids?.delete(id)
    if (ids?.size === 0) this.#lanes.delete(entry.lane)
  }
}

function entryOf(letter: DeadLetter): Omit<DeadEntry, 'isMeant' | 'partition' | 'offset'> {
  const { cursor, diedAtMs, key, value } = letter
  const hash = createHash('sha256').update(deadLane(letter), 'latin1').digest()
  const lane = hash.subarray(0, LANE_BYTES).toString('base64url')
  return { id: deadLetterKey(letter), lane, cursor, diedAtMs, bytes: key.length + (value?.length ?? 0) }
}

/** As text whose order is that of the records of a partition. */
function placeOf({ topic, topicId, partition, offset }: Cursor): string {
  return `${topic} ${topicId} ${String(partition).padStart(6, '0')} ${String(offset).padStart(16, '0')}`
}

function byPlace(one: { readonly place: string }, other: { readonly place: string }): number {
  return one.place < other.place ? -1 : 1
}
