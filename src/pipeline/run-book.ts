// All runs as the log has them: what was asked for, how far each has come, and what became of its rows.

import { type GapRepair, gapRepairKey } from '../core/gap.ts'
import type { CheckResult } from '../core/integrity.ts'
import type { Order, PartTally, Progress, RunKind, RunState, Tally } from '../core/run.ts'
import { addTallies, NO_TALLY } from '../core/run.ts'
import { type VenueSync, venueOfRun, venueRun } from '../core/sync.ts'
import { RUNS } from '../core/topic.ts'
import type { Verified } from '../core/verified.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { TopicTail } from './topic-tail.ts'

export interface RunStanding {
  readonly order: Order
  /** Null until somebody has begun with it. */
  readonly progress: Progress | null
}

export interface Run extends RunStanding {
  readonly tally: Tally
  /** Of an import that is done. */
  readonly integrity: readonly CheckResult[] | null
}

/** What a run has done for one of its venues, and the parts it was counted in. */
export interface VenueTally {
  readonly venue: string
  readonly parts: readonly PartTally[]
  readonly tally: Tally
}

export interface RunsAsked {
  readonly kind?: RunKind | undefined
  readonly state?: RunState | undefined
  readonly connector?: string | undefined
  /** Ordered before. */
  readonly beforeMs: number
  readonly limit: number
}

export interface RunBookOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

export class RunBook {
  readonly #records: RecordCodec
  readonly #tail: TopicTail
  readonly #orders = new Map<string, Order>()
  readonly #progress = new Map<string, Progress>()
  readonly #tallies = new Map<string, Map<string, PartTally>>()
  readonly #integrity = new Map<string, readonly CheckResult[]>()
  readonly #venueSyncs = new Map<string, VenueSync>()
  /** By connector, and by venue; those for all of them under null. */
  readonly #verified = new Map<string, Map<string | null, Verified>>()
  readonly #repairs = new Map<string, GapRepair>()
  #taken = 0

  constructor({ log, records, signal }: RunBookOptions) {
    this.#records = records
    this.#tail = new TopicTail({ log, signal, topic: RUNS, take: (record) => this.#take(record) })
  }

  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  /** Another whenever it knows something new. */
  get version(): number {
    return this.#taken
  }

  get(id: string): Run | null {
    const order = this.#orders.get(id)
    if (order === undefined) return null
    const integrity = this.#integrity.get(id) ?? null
    return { order, progress: this.#progress.get(id) ?? null, tally: sum(this.#partsOf(id)), integrity }
  }

  /** The newest first. */
  all(): readonly Run[] {
    const orders = [...this.#orders.values()].toSorted((one, other) => other.orderedAtMs - one.orderedAtMs)
    return orders.flatMap(({ id }) => this.get(id) ?? [])
  }

  /** The newest first. */
  page({ kind, state, connector, beforeMs, limit }: RunsAsked): readonly Run[] {
    const found = this.standings().filter((run) => {
      const { order } = run
      return (
        order.orderedAtMs < beforeMs &&
        (kind === undefined || order.kind === kind) &&
        (connector === undefined || order.connector === connector) &&
        (state === undefined || stateOf(run) === state)
      )
    })
    const newestFirst = found.toSorted((one, other) => other.order.orderedAtMs - one.order.orderedAtMs)
    return newestFirst.slice(0, limit).flatMap(({ order }) => this.get(order.id) ?? [])
  }

  /** The one of this kind of order that was ordered last. */
  newest(isMeant: (order: Order) => boolean): Run | null {
    const orders = [...this.#orders.values()].filter(isMeant)
    const newest = orders.toSorted((one, other) => other.orderedAtMs - one.orderedAtMs)[0]
    return newest === undefined ? null : this.get(newest.id)
  }

  /** How each run stands, without what became of its rows: that has to be added up. In no order. */
  standings(): readonly RunStanding[] {
    return [...this.#orders.values()].map((order) => ({ order, progress: this.#progress.get(order.id) ?? null }))
  }

  /** What this part has done for the run so far. */
  tallyOf(run: string, part: string): Tally {
    return this.#tallies.get(run)?.get(part) ?? NO_TALLY
  }

  /** For each venue that the run has begun with, or has done something for. */
  venuesOf(run: string): readonly VenueTally[] {
    return [...this.#tallies.keys()].flatMap((name) => {
      const venue = venueOfRun(name, run)
      const parts = this.#partsOf(name)
      return venue === null ? [] : [{ venue, parts, tally: sum(parts) }]
    })
  }

  /** The last one of this venue that was done. */
  venueSync(connector: string, venue: string): VenueSync | null {
    return this.#venueSyncs.get(venueRun(connector, venue)) ?? null
  }

  /** What deliveries have counted under a name that a run has given to some of its rows. */
  sumOf(name: string): Tally {
    return sum(this.#partsOf(name))
  }

  /** The last verifications of this connector that were done: of single venues, and of all of them. */
  verified(connector: string): readonly Verified[] {
    return [...(this.#verified.get(connector)?.values() ?? [])]
  }

  /** Null while the gap is open for this connector. */
  repairOf(connector: string, gap: string): GapRepair | null {
    return this.#repairs.get(gapRepairKey({ connector, gap })) ?? null
  }

  #partsOf(run: string): readonly PartTally[] {
    return [...(this.#tallies.get(run)?.values() ?? [])]
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    this.#taken++
    const [id = '', kind] = Buffer.from(key).toString().split(' ')
    if (value === null) this.#forget(id)
    else if (kind === 'order') this.#orders.set(id, await this.#records.unpack('order', value))
    else if (kind === 'progress') this.#progress.set(id, await this.#records.unpack('progress', value))
    else if (kind === 'integrity') await this.#check(value)
    else if (kind === 'sync') this.#venueSyncs.set(id, await this.#records.unpack('venueSync', value))
    else if (kind === 'verified') this.#mark(await this.#records.unpack('verified', value))
    else if (kind === 'repair') await this.#repair(value)
    else if (kind === 'tally') this.#count(await this.#records.unpack('tally', value))
  }

  #count(tally: PartTally): void {
    const parts = this.#tallies.get(tally.run) ?? new Map<string, PartTally>()
    parts.set(tally.part, tally)
    this.#tallies.set(tally.run, parts)
  }

  #mark(verified: Verified): void {
    const marks = this.#verified.get(verified.connector) ?? new Map<string | null, Verified>()
    marks.set(verified.venue, verified)
    this.#verified.set(verified.connector, marks)
  }

  async #check(value: Uint8Array): Promise<void> {
    const { run, checks } = await this.#records.unpack('integrity', value)
    this.#integrity.set(run, checks)
  }

  async #repair(value: Uint8Array): Promise<void> {
    const repair = await this.#records.unpack('gapRepair', value)
    this.#repairs.set(gapRepairKey(repair), repair)
  }

  #forget(id: string): void {
    this.#orders.delete(id)
    this.#progress.delete(id)
    this.#tallies.delete(id)
    this.#integrity.delete(id)
    this.#venueSyncs.delete(id)
  }
}

function sum(parts: readonly PartTally[]): Tally {
  return parts.reduce<Tally>(addTallies, NO_TALLY)
}

/** As a person sees it: what is asked for shows before it is carried out. */
export function stateOf({ order, progress }: RunStanding): RunState {
  if (progress !== null && progress.attempt === order.attempt) return progress.state
  return order.wanted === 'cancelled' ? 'cancelled' : 'queued'
}

export function isOver(run: RunStanding): boolean {
  const state = stateOf(run)
  return state === 'done' || state === 'cancelled' || state === 'failed'
}
