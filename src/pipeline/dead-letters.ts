// The dead letters as a person handles them: found, read, and given up. Retrying them is a run.

import { randomUUID } from 'node:crypto'
import type { Connector } from '../core/connector.ts'
import {
  type DeadFilter,
  type DeadLetter,
  type DroppedLetter,
  deadLetterKey,
  deadLetterPlace,
  isMeant,
  reasonKind,
} from '../core/dead-letter.ts'
import { MillraceError } from '../core/errors.ts'
import type { ChangeEvent } from '../core/event.ts'
import { connectorTopics, DROPPED, deadTopic } from '../core/topic.ts'
import type { EventCodec, RecordCodec } from '../log/codec.ts'
import type { Log, LogRecord } from '../log/log.ts'
import { auditRecord } from './audit-record.ts'
import type { Clock } from './clock.ts'
import { deadRecord } from './dead-record.ts'
import { decideAlone } from './decide-alone.ts'
import { letterGone } from './leftovers.ts'

export interface DeadLettersOptions {
  readonly log: Log
  readonly records: RecordCodec
  readonly openCodec: () => Promise<EventCodec>
  /** The source's database, which names the topics. */
  readonly database: string
  readonly connectors: readonly Connector[]
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A letter with its event, unless nobody can read that. */
export interface ReadLetter {
  readonly letter: Omit<DeadLetter, 'value'>
  readonly event: ChangeEvent | null
}

/** Without its row: a list of large ones would not fit into memory. */
export interface ListedLetter {
  readonly letter: ReadLetter['letter']
  readonly event: Pick<ChangeEvent, 'table' | 'op' | 'key'> | null
}

export interface DeadListing {
  readonly total: number
  /** How many there are for each reason, what it says of one row aside; the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
  /** The newest first. */
  readonly letters: readonly ListedLetter[]
  /** Where older ones go on; null: there are none. */
  readonly next: string | null
}

export interface DeadPage {
  readonly limit: number
  /** The `next` of the page before; left out: the newest. */
  readonly before?: string | undefined
}

const WRITER = 'millrace.dead'
/** Beside how many there were. */
const AUDITED_IDS_MAX = 20
const REASONS_MAX = 100
const OTHERS = 'others'

export class DeadLetters {
  readonly #options: DeadLettersOptions

  constructor(options: DeadLettersOptions) {
    this.#options = options
  }

  async list(filter: DeadFilter, { limit, before }: DeadPage): Promise<DeadListing> {
    const isOlder = before === undefined ? () => true : olderThan(before)
    const reasons = new Map<string, number>()
    let total = 0
    let newest: ListedLetter[] = []
    const codec = await this.#options.openCodec()
    for await (const letter of this.#all(filter.topics)) {
      if (!isMeant(letter, filter)) continue
      total++
      const kind = reasonKind(letter.reason)
      const reason = reasons.has(kind) || reasons.size < REASONS_MAX ? kind : OTHERS
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      if (!isOlder(letter)) continue
      newest.push(listed(await this.#read(letter, codec)))
      // One more than asked for, which says that there are older ones.
      if (newest.length > 2 * limit) newest = newest.toSorted(byAge).slice(0, limit + 1)
    }
    const letters = newest.toSorted(byAge).slice(0, limit)
    const counts = [...reasons].map(([reason, count]) => ({ reason, count }))
    return {
      total,
      reasons: counts.toSorted((one, other) => other.count - one.count),
      letters,
      next: newest.length > letters.length ? placeOf(letters.at(-1)) : null,
    }
  }

  async find(id: string): Promise<ReadLetter> {
    const [letter] = await this.all([id])
    if (letter === undefined) throw unknown(id)
    const { log, openCodec, signal } = this.#options
    const { value } = await deadRecord(log, letter, signal)
    return this.#read({ ...letter, value }, await openCodec())
  }

  /** All that are meant, in the order of the dead topics. */
  async *each(filter: DeadFilter): AsyncIterable<ReadLetter> {
    const codec = await this.#options.openCodec()
    for await (const letter of this.#all(filter.topics)) if (isMeant(letter, filter)) yield this.#read(letter, codec)
  }

  /** Those of these ids, in the order of the dead topics; throws DEAD_LETTER_UNKNOWN when one is missing. */
  async all(ids: readonly string[]): Promise<readonly DeadLetter[]> {
    const found = new Map<string, DeadLetter>()
    const wanted = new Set(ids)
    for await (const letter of this.#all()) {
      if (wanted.has(deadLetterKey(letter))) found.set(deadLetterKey(letter), letter)
    }
    const missing = ids.find((id) => !found.has(id))
    if (missing !== undefined) throw unknown(missing)
    return [...found.values()]
  }

  /**
   * Gives letters up: their rows go on without them. Who did it and why goes into a topic of its own, in the same append:
   * a process's own log would be gone when somebody asks, and in the dead topic a record would hold its row back.
   */
  drop(ids: readonly string[], why: Pick<DroppedLetter, 'note' | 'by'>): Promise<readonly DeadLetter[]> {
    return decideAlone(this.#options.log, WRITER, async (writer) => {
      const letters = await this.all(ids)
      const notes = await Promise.all(letters.map((letter) => this.#note(letter, why)))
      await writer.append([...letters.map(letterGone), ...notes, await this.#audit(letters, why)])
      return letters
    })
  }

  async #note(letter: DeadLetter, why: Pick<DroppedLetter, 'note' | 'by'>): Promise<LogRecord> {
    const { records, clock } = this.#options
    const id = deadLetterKey(letter)
    const { connector, cursor, reason, attempts } = letter
    const about = { id, connector, topic: cursor.topic, reason, attempts }
    const value = await records.pack('dropped', { ...about, ...why, droppedAtMs: clock.nowMs() })
    return { topic: DROPPED, key: Buffer.from(id), value }
  }

  async #audit(letters: readonly DeadLetter[], { note, by }: Pick<DroppedLetter, 'note' | 'by'>): Promise<LogRecord> {
    const { records, clock } = this.#options
    const connector = [...new Set(letters.map((letter) => letter.connector))].join(', ')
    const ids = letters.slice(0, AUDITED_IDS_MAX).map(deadLetterKey)
    const details = { connector, letters: letters.length, ids, note }
    const deed = { id: `drop ${randomUUID()}`, who: by, what: 'drop', run: null, atMs: clock.nowMs() }
    return auditRecord(records, { ...deed, details })
  }

  async *#all(topics?: readonly string[]): AsyncIterable<DeadLetter> {
    const { log, records, database, connectors } = this.#options
    const known = connectors.flatMap((connector) => connectorTopics(connector, database))
    for (const topic of new Set(known)) {
      if (topics?.includes(topic) === false) continue
      for await (const { value } of log.latest(deadTopic(topic))) {
        if (value !== null) yield await records.unpack('deadLetter', value)
      }
    }
  }

  async #read(letter: DeadLetter, codec: EventCodec): Promise<ReadLetter> {
    const { key, value, cursor } = letter
    try {
      return { letter, event: await codec.decode({ topic: cursor.topic, key, value }) }
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'RECORD_UNREADABLE') throw error
      return { letter, event: null }
    }
  }
}

function listed({ letter, event }: ReadLetter): ListedLetter {
  const { connector, reason, attempts, cursor, key, timeMs, diedAtMs } = letter
  const known = event === null ? null : { table: event.table, op: event.op, key: event.key }
  return { letter: { connector, reason, attempts, cursor, key, timeMs, diedAtMs }, event: known }
}

function byAge({ letter: one }: ListedLetter, { letter: other }: ListedLetter): number {
  return newerFirst(ageOf(one), ageOf(other))
}

/** No two letters are of the same age. */
interface Age {
  readonly diedAtMs: number
  readonly offset: number
  readonly id: string
}

function ageOf(letter: Pick<DeadLetter, 'connector' | 'cursor' | 'diedAtMs'>): Age {
  return { diedAtMs: letter.diedAtMs, offset: letter.cursor.offset, id: deadLetterKey(letter) }
}

function newerFirst(one: Age, other: Age): number {
  return (
    other.diedAtMs - one.diedAtMs || other.offset - one.offset || (one.id < other.id ? -1 : Number(one.id > other.id))
  )
}

function placeOf(last: ListedLetter | undefined): string | null {
  return last === undefined ? null : `${last.letter.diedAtMs}@${deadLetterKey(last.letter)}`
}

/** Than the last of a page, which may have gone meanwhile. */
function olderThan(place: string): (letter: DeadLetter) => boolean {
  const at = place.indexOf('@')
  const id = place.slice(at + 1)
  const last = { diedAtMs: Number(place.slice(0, at)), offset: deadLetterPlace(id).offset, id }
  return (letter) => newerFirst(last, ageOf(letter)) < 0
}

function unknown(id: string): MillraceError {
  return new MillraceError('DEAD_LETTER_UNKNOWN', `there is no dead letter ${id}`)
}
