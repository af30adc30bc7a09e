// From records to writes, for one connector: decode, look up, map. Whatever is wrong with one record is a reason for the
// dead topic; whatever is wrong with the connector stops it.

import type { Found, TableFlow } from '../core/connector.ts'
import type { Cursor } from '../core/cursor.ts'
import { MillraceError } from '../core/errors.ts'
import type { ChangeEvent } from '../core/event.ts'
import { type RunTag, readRunTag } from '../core/run.ts'
import type { TableShape } from '../core/table.ts'
import type { Write } from '../core/write.ts'
import type { EventCodec } from '../log/codec.ts'
import type { StoredRecord } from '../log/log.ts'
import type { TableColumns } from '../source/source.ts'
import { FieldsOwned } from './fields-owned.ts'
import type { Lookups } from './lookups.ts'
import type { ReadyConnector } from './ready-connector.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface PlanParts {
  readonly ready: ReadyConnector
  readonly openCodec: () => Promise<EventCodec>
  readonly lookups: Lookups
  /** What the source's tables are like now. */
  readonly source: TableColumns
}

interface PlanOptions extends Omit<PlanParts, 'openCodec'> {
  readonly codec: EventCodec
}

/** What is to be done for one record: its writes, or the reason why there is nothing that could be done. */
export interface Planned {
  readonly record: StoredRecord
  readonly cursor: Cursor
  readonly event: ChangeEvent | null
  readonly writes: readonly Write[]
  readonly reason: string | null
  /** Of a row that a run copied for this connector: which run. */
  readonly run: RunTag | null
  /** A run copied it for another connector: it is passed by. */
  readonly isForOther: boolean
}

/** What is to be done for a row that was just read. */
export type PlannedRow = Pick<Planned, 'writes' | 'reason'> & { readonly event: ChangeEvent }

interface Mappable {
  readonly event: ChangeEvent | null
  readonly isForOther: boolean
  reason: string | null
  writes: readonly Write[]
}

const NOTHING: readonly Write[] = []

export class Plan {
  readonly #options: PlanOptions
  readonly #owned: FieldsOwned
  /** What keeps events of a shape from being mapped. */
  readonly #faults = new WeakMap<TableShape, string | null>()
  #tag: { readonly text: string; readonly run: RunTag } | null = null

  /** With a codec that knows what the log holds now. */
  static async open({ openCodec, ...rest }: PlanParts): Promise<Plan> {
    return new Plan({ ...rest, codec: await openCodec() })
  }

  private constructor(options: PlanOptions) {
    this.#options = options
    this.#owned = new FieldsOwned(options.ready.targets)
  }

  /** `scope` is the cursor of the records' partition. */
  async make(
    records: readonly StoredRecord[],
    scope: Cursor,
    by: { signal: AbortSignal; watch: Stopwatch },
  ): Promise<readonly Planned[]> {
    const reads = await by.watch.time('decode', () => this.#readAll(records, scope))
    return this.#mapAll(reads, by)
  }

  /** The same for rows that were just read, of one table. */
  async makeOfRows(
    events: readonly ChangeEvent[],
    by: { signal: AbortSignal; watch: Stopwatch },
  ): Promise<readonly PlannedRow[]> {
    const reads = await Promise.all(
      events.map(async (event) => {
        const { shape, fault } = event.parts
        return { event, reason: fault ?? (await this.#shapeFault(shape)), isForOther: false, writes: NOTHING }
      }),
    )
    return this.#mapAll(reads, by)
  }

  async #mapAll<Of extends Mappable>(
    reads: readonly Of[],
    { watch, signal }: { signal: AbortSignal; watch: Stopwatch },
  ): Promise<readonly Of[]> {
    const sound = reads.flatMap((read) => (isSound(read) ? [read.event] : []))
    const flow = this.#flowOf(sound)
    const specs = flow?.lookups ?? {}
    const finding = await watch.time('lookup', () => this.#options.lookups.find(sound, specs, signal))
    let at = 0
    await watch.time('map', async () => {
      for (const read of reads) if (flow !== null && isSound(read)) this.#map(read, flow, finding[at++])
    })
    return reads
  }

  /** Nearly all of them are like the one before, and need not be waited for. */
  async #readAll(records: readonly StoredRecord[], scope: Cursor): Promise<readonly (Planned & Mappable)[]> {
    const { codec } = this.#options
    const reads: (Planned & Mappable)[] = []
    for (const record of records) {
      const cursor = { ...scope, offset: record.offset }
      try {
        const event = codec.decodeKnown(record) ?? (await codec.decode(record))
        const { shape, fault, run: tag } = event.parts
        const run = tag === null ? null : this.#runTag(tag)
        const isForOther = run !== null && run.connector !== this.#options.ready.connector.name
        const known = this.#faults.get(shape)
        const reason = isForOther ? null : (fault ?? (known === undefined ? await this.#shapeFault(shape) : known))
        reads.push({ record, cursor, event, reason, run, isForOther, writes: NOTHING })
      } catch (error) {
        if (!(error instanceof MillraceError) || error.code !== 'RECORD_UNREADABLE') throw error
        const { message: reason } = error
        reads.push({ record, cursor, event: null, reason, run: null, isForOther: false, writes: NOTHING })
      }
    }
    return reads
  }

  /** Rows of one run follow one another. */
  #runTag(tag: string): RunTag {
    if (this.#tag?.text !== tag) this.#tag = { text: tag, run: readRunTag(tag) }
    return this.#tag.run
  }

  /** All records of a batch come from one topic, hence one table. */
  #flowOf(events: readonly ChangeEvent[]): TableFlow | null {
    const { connector } = this.#options.ready
    return events[0] === undefined ? null : (connector.tables[events[0].table] ?? null)
  }

  async #shapeFault(shape: TableShape): Promise<string | null> {
    const known = this.#faults.get(shape)
    if (known !== undefined) return known
    const isKeyed = shape.key.length > 0
    const fault = isKeyed ? await this.#columnFault(shape) : `the table ${shape.name} has no primary key`
    this.#faults.set(shape, fault)
    return fault
  }

  /**
   * While the table lacks a column that the connector reads, the connector waits for a person. Once it has the column
   * again, only what was written meanwhile is at fault.
   */
  async #columnFault(shape: TableShape): Promise<string | null> {
    const { connector } = this.#options.ready
    // Items of one table need not have anything but their key in common, and rows from outside have what the connector says.
    if (connector.source !== 'mysql') return null
    const columns = connector.tables[shape.name]?.columns ?? []
    const missing = columns.filter((name) => !shape.columns.some((column) => column.name === name))
    if (missing.length === 0) return null
    const named = missing.map((column) => `${shape.name}.${column}`).join(', ')
    const now = (await this.#options.source.columns([shape.name])).get(shape.name) ?? []
    if (missing.every((column) => now.includes(column))) return `the table had no ${named} when this was written`
    throw new MillraceError(
      'CONNECTOR_COLUMN_MISSING',
      `the connector ${connector.name} reads ${named}, which the table no longer has`,
    )
  }

  #map(read: Sound, flow: TableFlow, found: Found | Error | undefined): void {
    try {
      if (found === undefined || found instanceof Error) throw found
      const writes = flow.map(read.event, found, this.#options.ready.settings)
      this.#checkWrites(writes)
      read.writes = writes
    } catch (error) {
      if (error instanceof MillraceError) throw error
      read.reason = `cannot be mapped: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  #checkWrites(writes: readonly Write[]): void {
    for (const write of writes) {
      const fault = this.#owned.fault(write)
      if (fault === null) continue
      throw new MillraceError('CONNECTOR_INVALID', `the connector ${this.#options.ready.connector.name} ${fault}`)
    }
  }
}

type Sound = Mappable & { readonly event: ChangeEvent }

function isSound<Of extends Mappable>(read: Of): read is Of & Sound {
  return read.event !== null && read.reason === null && !read.isForOther
}
