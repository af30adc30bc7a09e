// Tells differences that settle by themselves from those that stay: what differs is looked at again when the changes up
// to then are delivered, and only a row that has not changed meanwhile is told.

import type { ChangeEvent } from '../core/event.ts'
import { newest } from '../core/position.ts'
import type { RowSource } from '../source/source.ts'
import type { Deliveries } from './deliveries.ts'
import { type CheckedRow, differs, type RowCheck } from './row-check.ts'

export interface SettlingOptions {
  readonly source: RowSource
  readonly check: RowCheck
  readonly deliveries: Deliveries
}

export interface Settled {
  /** They differ, and time will not mend it. */
  readonly found: readonly FoundRow[]
  /** They changed faster than they could be looked at. */
  readonly unsettled: readonly CheckedRow[]
}

export interface FoundRow extends CheckedRow {
  /** Everything up to the row as it was read has been delivered. */
  readonly isDelivered: boolean
}

const ROUNDS_MAX = 5
const READS_AT_ONCE = 4

export class Settling {
  readonly #options: SettlingOptions

  constructor(options: SettlingOptions) {
    this.#options = options
  }

  async of(suspects: readonly CheckedRow[], signal: AbortSignal): Promise<Settled> {
    const found: FoundRow[] = []
    let open = suspects
    for (let round = 0; open.length > 0 && round < ROUNDS_MAX; round++) {
      const isDelivered = await this.#options.deliveries.upTo(newest(open.map(({ event }) => event.position)), signal)
      if (signal.aborted) break
      const before = new Map(open.map(({ event }) => [fullName(event), event]))
      const again = (await this.again(open, signal)).filter(differs)
      const isStill = ({ event }: CheckedRow) => isSameRow(event, before.get(fullName(event)))
      found.push(...again.filter(isStill).map((row) => ({ ...row, isDelivered })))
      open = again.filter((row) => !isStill(row))
    }
    return { found, unsettled: open }
  }

  /** The same rows as they are now; those that are gone are left out. */
  async again(rows: readonly CheckedRow[], signal: AbortSignal): Promise<readonly CheckedRow[]> {
    const events: ChangeEvent[] = []
    for (let start = 0; start < rows.length; start += READS_AT_ONCE) {
      const some = rows.slice(start, start + READS_AT_ONCE)
      const read = await Promise.all(some.map(({ event }) => this.#read(event, signal)))
      events.push(...read.flat())
    }
    return this.#options.check.of(events, { isSure: true, signal })
  }

  async #read({ table, key, parts, op }: ChangeEvent, signal: AbortSignal): Promise<readonly ChangeEvent[]> {
    const values = Object.values(key)
    if (op === 'delete') {
      return (await this.#options.source.missing({ table, keys: [values], run: parts.run ?? '' }, signal)).events
    }
    const scope = { table, from: values, to: values, filters: [] }
    const request = { scope, after: null, upTo: null, rowsMax: 1, run: parts.run ?? '' }
    return (await this.#options.source.page(request, signal)).events
  }
}

/** The row's key, for people and to know it by. */
export function nameOf({ key }: ChangeEvent): string {
  return JSON.stringify(Object.values(key), (_, value: unknown) => {
    if (typeof value === 'bigint') return value.toString()
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
  })
}

/** Of all rows of the source. */
export function fullName(event: ChangeEvent): string {
  return `${event.table} ${nameOf(event)}`
}

function isSameRow(one: ChangeEvent, other: ChangeEvent | undefined): boolean {
  const [now, before] = [one, other].map((event) => event?.parts.afterImage?.bytes ?? new Uint8Array())
  return now !== undefined && before !== undefined && Buffer.compare(now, before) === 0
}
