// Makes good what differs, and nothing else: where an item holds other values, by merges under the guards of the
// connector's own; where it is missing, by the row's delivery once more, which the run has put into the log.

import type { Connector } from '../core/connector.ts'
import { laneOf } from '../core/lane.ts'
import { rowsOf } from '../core/run.ts'
import { RUNS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { PlacedWrite, Sink } from '../sink/sink.ts'
import type { Clock } from './clock.ts'
import { fieldConflicts } from './field-conflicts.ts'
import { contestLeftover } from './leftovers.ts'
import type { Observer } from './observer.ts'
import { differs } from './row-check.ts'
import type { RunWork } from './run-work.ts'
import { type FoundRow, fullName, nameOf, type Settling } from './settling.ts'

export interface MendingOptions {
  readonly sink: Sink
  readonly settling: Settling
  readonly clock: Clock
  readonly records: RecordCodec
  readonly connector: Connector
  readonly observer: Pick<Observer, 'disputed'>
}

/** Where deliveries do not come to an end, neither does the wait for them. */
const WAIT_MS_MAX = 30_000
const LOOK_MS = 20

/** Rows that only a delivery makes good. */
export function needsDelivery({ reason, differences }: FoundRow): boolean {
  return reason === null && differences.some(({ mends }) => mends.length === 0)
}

/** What deliveries count of the rows that the run gives to the log. */
export function givenName(run: string): string {
  return `${run}@given`
}

export class Mending {
  readonly #options: MendingOptions

  constructor(options: MendingOptions) {
    this.#options = options
  }

  /** So many rows have been given to the log so far. Answers the names of those that are good now. */
  async of(found: readonly FoundRow[], given: number, work: RunWork): Promise<ReadonlySet<string>> {
    const { settling } = this.#options
    const writes = found.flatMap((row) => placedOf(row, work))
    if (writes.length > 0) await this.#apply(writes, work)
    await this.#delivered(given, work)
    const still = await work.retry(() => settling.again(found, work.signal))
    const bad = new Set(still.filter(differs).map(({ event }) => fullName(event)))
    return new Set(found.map(({ event }) => fullName(event)).filter((name) => !bad.has(name)))
  }

  /** What the target refuses is found to differ still. */
  async #apply(writes: readonly PlacedWrite[], work: RunWork): Promise<void> {
    const { sink, connector, clock, records, observer } = this.#options
    const outcomes = await work.retry(() => sink.apply(writes, work.signal))
    const found = fieldConflicts({ writes, outcomes }, { connector, nowMs: clock.nowMs() })
    if (found.length === 0) return
    await work.note(() => Promise.all(found.map((one) => contestLeftover(records, one))))
    observer.disputed({ connector: connector.name, verdicts: found.map(({ verdict }) => verdict) })
  }

  async #delivered(given: number, work: RunWork): Promise<void> {
    const { clock } = this.#options
    const deadlineMs = clock.nowMs() + WAIT_MS_MAX
    const isDone = async () => rowsOf((await work.book()).sumOf(givenName(work.order.id))) >= given
    while (!work.signal.aborted && !(await isDone()) && clock.nowMs() < deadlineMs) {
      await clock.sleep(LOOK_MS, work.signal)
    }
  }
}

/** The record they would come from, were there one: the run's order. */
function placedOf({ event, differences }: FoundRow, { order }: RunWork): readonly PlacedWrite[] {
  const lane = laneOf({ topic: event.table, key: Buffer.from(nameOf(event)) })
  const cursor = { topic: RUNS, topicId: order.id, partition: 0, offset: order.attempt }
  return differences.flatMap(({ mends }) =>
    mends.map((write) => ({ write, position: event.position, cursor, lane, reader: RUNS, since: 0 })),
  )
}
