// An event that could not be delivered: it waits in its topic's dead topic, with the record as it was, until somebody
// retries or drops it. Later events of the same key wait behind it.

import { type Cursor, formatCursor } from './cursor.ts'
import { laneOf } from './lane.ts'

export interface DeadLetter {
  readonly connector: string
  readonly reason: string
  readonly attempts: number
  /** Of the record itself. */
  readonly cursor: Cursor
  readonly key: Uint8Array
  readonly value: Uint8Array | null
  readonly timeMs: number
  readonly diedAtMs: number
}

/** Its key in the dead topic: two connectors may both fail on one record. */
export function deadLetterKey(letter: Pick<DeadLetter, 'connector' | 'cursor'>): string {
  return `${letter.connector}:${formatCursor(letter.cursor)}`
}

/** What such a key says of the record: the scope of its cursor, and its offset. */
export function deadLetterPlace(key: string): { readonly scope: string; readonly offset: number } {
  const [first, last] = [key.indexOf(':'), key.lastIndexOf(':')]
  return { scope: key.slice(first + 1, last), offset: Number(key.slice(last + 1)) }
}

/** Whose order waits with it: its row's. */
export function deadLane({ cursor, key }: Pick<DeadLetter, 'cursor' | 'key'>): string {
  return laneOf({ topic: cursor.topic, key })
}

/** Which letters are meant; what is left out leaves none out. */
export interface DeadFilter {
  readonly connector?: string | undefined
  readonly topics?: readonly string[] | undefined
  readonly ids?: readonly string[] | undefined
  /** Part of the reason or of its kind, in small or capital letters. */
  readonly reason?: string | undefined
}

export function isMeant(letter: DeadLetter, { connector, topics, ids, reason }: DeadFilter): boolean {
  return (
    (connector === undefined || letter.connector === connector) &&
    (topics === undefined || topics.includes(letter.cursor.topic)) &&
    (ids === undefined || ids.includes(deadLetterKey(letter))) &&
    (reason === undefined || [letter.reason, reasonKind(letter.reason)].some(isIn(reason)))
  )
}

/** What stays on record of a letter that a person gave up. */
export interface DroppedLetter {
  /** The key it had in its dead topic. */
  readonly id: string
  readonly connector: string
  readonly topic: string
  readonly reason: string
  readonly attempts: number
  readonly note: string
  readonly by: string
  readonly droppedAtMs: number
}

function isIn(part: string): (text: string) => boolean {
  return (text) => text.toLowerCase().includes(part.toLowerCase())
}

/** The reason without what it says of one row alone: numbers, and what is quoted. */
export function reasonKind(reason: string): string {
  if (reason.startsWith('behind ')) return 'behind an earlier event of its row'
  return reason.replaceAll(/"[^"]*"|'[^']*'/gu, '"…"').replaceAll(/\d+/gu, '#')
}
