// A dead letter as people see it: over HTTP, in the console and on the command line.

import { formatCursor } from '../core/cursor.ts'
import { deadLetterKey } from '../core/dead-letter.ts'
import type { Row, Value } from '../core/value.ts'
import type { DeadListing, ListedLetter, ReadLetter } from '../pipeline/dead-letters.ts'

type RowView = Readonly<Record<string, string | number | null>>

export interface DeadView {
  readonly id: string
  readonly connector: string
  readonly topic: string
  readonly reason: string
  readonly attempts: number
  readonly cursor: string
  readonly died_at: string
  readonly changed_at: string
  /** Null where the record cannot be read. */
  readonly table: string | null
  readonly op: string | null
  readonly key: RowView | null
}

export interface DeadLetterView extends DeadView {
  readonly position: string | null
  readonly before: RowView | null
  readonly after: RowView | null
}

export interface DeadListView {
  readonly total: number
  readonly reasons: DeadListing['reasons']
  readonly letters: readonly DeadView[]
  /** What to ask for as `before` to read on; null at the oldest. */
  readonly next: string | null
}

export function listView({ total, reasons, letters, next }: DeadListing): DeadListView {
  return { total, reasons, letters: letters.map(viewOf), next }
}

export function letterView(read: ReadLetter): DeadLetterView {
  const { event } = read
  const rows = { before: rowView(event?.before ?? null), after: rowView(event?.after ?? null) }
  return { ...viewOf(read), position: event?.position ?? null, ...rows }
}

function viewOf({ letter, event }: ListedLetter): DeadView {
  const { connector, cursor, reason, attempts, diedAtMs, timeMs } = letter
  return {
    ...{ id: deadLetterKey(letter), connector, topic: cursor.topic, reason, attempts, cursor: formatCursor(cursor) },
    died_at: new Date(diedAtMs).toISOString(),
    changed_at: new Date(timeMs).toISOString(),
    ...{ table: event?.table ?? null, op: event?.op ?? null, key: rowView(event?.key ?? null) },
  }
}

function rowView(row: Row | null): RowView | null {
  return row === null ? null : Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shown(value)]))
}

/** What JSON has no exact form for is text: integers beyond 2^53, bytes as base64. */
function shown(value: Value): string | number | null {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
