// Holds rows as the source has them against what the target holds.

import type { SyncSpec } from '../core/connector.ts'
import type { ChangeEvent } from '../core/event.ts'
import type { Difference, Sink } from '../sink/sink.ts'
import type { Clock } from './clock.ts'
import type { Plan } from './plan.ts'
import { Stopwatch } from './stopwatch.ts'

export interface RowCheckOptions {
  readonly plan: Plan
  readonly sink: Sink
  readonly clock: Clock
  /** Null where the connector has no venues. */
  readonly venueOf: SyncSpec['venueOf'] | null
}

export interface CheckedRow {
  readonly event: ChangeEvent
  /** The connector makes nothing of it. */
  readonly isIgnored: boolean
  /** Why the connector can make nothing of it; it is not in the target then. */
  readonly reason: string | null
  readonly differences: readonly VenueDifference[]
  /** The table of each item that it was held against. */
  readonly met: readonly string[]
}

export interface VenueDifference extends Difference {
  readonly venue: string | null
}

export interface Look {
  /** False where an answer that is a moment old will do. */
  readonly isSure: boolean
  readonly signal: AbortSignal
}

export class RowCheck {
  readonly #options: RowCheckOptions

  constructor(options: RowCheckOptions) {
    this.#options = options
  }

  /** In the order given, table by table. */
  async of(events: readonly ChangeEvent[], look: Look): Promise<readonly CheckedRow[]> {
    const checked: CheckedRow[] = []
    for (const [, own] of Map.groupBy(events, ({ table }) => table)) checked.push(...(await this.#ofTable(own, look)))
    return checked
  }

  async #ofTable(events: readonly ChangeEvent[], { isSure, signal }: Look): Promise<readonly CheckedRow[]> {
    const { plan, sink, clock, venueOf } = this.#options
    const planned = await plan.makeOfRows(events, { signal, watch: new Stopwatch(clock) })
    const writes = planned.flatMap((row) => row.writes)
    const compared = await sink.compare(writes, { isSure, signal })
    let at = 0
    return planned.map(({ event, writes: own, reason }) => {
      const held = compared.slice(at, at + own.length)
      at += own.length
      const differences = own.flatMap((write, index) =>
        (held[index]?.differences ?? []).map((one) => ({ ...one, venue: venueOf?.(write) ?? null })),
      )
      const met = held.flatMap((one) => one.met)
      return { event, reason, differences, met, isIgnored: own.length === 0 && reason === null }
    })
  }
}

export function differs({ reason, differences }: CheckedRow): boolean {
  return reason !== null || differences.length > 0
}
