// The change source and row source of DynamoDB tables with streams: one object for all tables of an account's region.

import { setTimeout as delay } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { MillraceError } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import { ITEM_COLUMN } from '../../core/item.ts'
import { newest } from '../../core/position.ts'
import { type Address, clientConfig } from '../../dynamodb/client-config.ts'
import type {
  Bookmark,
  ChangeSource,
  LookupCheck,
  MissingRequest,
  MissingRows,
  PageRequest,
  RowLookup,
  RowPage,
  RowScope,
  RowSource,
  SourceBatch,
  TableColumns,
} from '../source.ts'
import { ItemPages } from './item-pages.ts'
import { itemPosition } from './item-position.ts'
import { setBack } from './set-back.ts'
import type { ShardReader } from './shard-reader.ts'
import { parseBookmark, type StreamBookmark } from './stream-bookmark.ts'
import { streamEvent } from './stream-event.ts'
import { TableFacts } from './table-facts.ts'
import { TableStream } from './table-stream.ts'

export interface DynamodbSourceOptions extends Address {
  /** Those whose streams are followed. */
  readonly tables: readonly string[]
  /** The newest bookmark of this source, for a process that reads items but does not itself capture. */
  readonly bookmark?: () => Promise<Bookmark | null>
  readonly nowMs?: () => number
}

const NAME = 'dynamodb'
const FIRST_EPOCH = 1
const HEARTBEAT_MS = 2_000
const PAUSE_MS = 10
/** Creation times are approximate, and an emulator's are cut to the minute: what is told twice is known to the sink. */
const BEFORE_MS = 60_000

export class DynamodbSource implements ChangeSource, RowSource, RowLookup, LookupCheck, TableColumns, AsyncDisposable {
  readonly name = NAME
  readonly #options: DynamodbSourceOptions
  readonly #tables: DynamoDBClient
  readonly #streams: DynamoDBStreamsClient
  readonly #facts: TableFacts
  readonly #pages: ItemPages
  readonly #nowMs: () => number
  #epoch: number | null = null

  constructor(options: DynamodbSourceOptions) {
    this.#options = options
    const address = clientConfig(options)
    this.#tables = new DynamoDBClient(address)
    // A throttled read is the shard's own affair, and what fails is tried again by whoever supervises.
    this.#streams = new DynamoDBStreamsClient({ ...address, maxAttempts: 1 })
    this.#facts = new TableFacts(this.#tables)
    this.#nowMs = options.nowMs ?? Date.now
    const epoch = () => this.#currentEpoch()
    this.#pages = new ItemPages({ client: this.#tables, facts: this.#facts, origin: NAME, epoch })
  }

  check(tables: readonly string[]): Promise<readonly Finding[]> {
    return Promise.all(tables.map((table) => this.#facts.check(table)))
  }

  /** Nobody looks items up. */
  async checkLookups(): Promise<readonly Finding[]> {
    return []
  }

  rows(): Promise<never> {
    return Promise.reject(new MillraceError('CONNECTOR_INVALID', 'items of DynamoDB cannot be looked up'))
  }

  async columns(tables: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const shapes = await Promise.all(tables.map((table) => this.#facts.shape(table)))
    return new Map(shapes.map(({ name, key }) => [name, [...key, ITEM_COLUMN]]))
  }

  async *changes(from: Bookmark | null, signal: AbortSignal): AsyncIterable<SourceBatch> {
    const start = await this.#start(from)
    this.#epoch = start.epoch
    const streams = await this.#open(start)
    yield this.#batch({ start, streams, events: [] })
    let toldMs = this.#nowMs()
    while (!signal.aborted) {
      for (const stream of streams) await stream.refresh(signal)
      const due = streams.flatMap((stream) => stream.readers.map((reader) => ({ stream, reader })))
      const nowMs = this.#nowMs()
      const now = due.filter(({ reader }) => reader.dueMs <= nowMs)
      const reads = await this.#readAll(now, start.epoch, signal)
      const events = reads.flatMap((read) => read.events)
      if (events.length > 0 || this.#nowMs() - toldMs >= HEARTBEAT_MS) {
        yield { ...this.#batch({ start, streams, events }), setBack: reads.flatMap((read) => read.setBack) }
        toldMs = this.#nowMs()
      }
      await this.#pause(streams, signal)
    }
  }

  page(request: PageRequest, signal: AbortSignal): Promise<RowPage> {
    return this.#pages.page(request, signal)
  }

  missing(request: MissingRequest, signal: AbortSignal): Promise<MissingRows> {
    return this.#pages.missing(request, signal)
  }

  /** Items are in no order: a scan ends where it ends. */
  async last({ table }: RowScope): Promise<Bookmark | null> {
    return table
  }

  async expect({ table, filters, from }: RowScope): Promise<number | null> {
    if (from !== null) return 1
    return filters.length > 0 ? null : this.#facts.count(table)
  }

  async restart(last: Bookmark | null): Promise<SourceBatch> {
    const start = await this.#now(last === null ? FIRST_EPOCH : parseBookmark(last).epoch + 1)
    return this.#batch({ start, streams: [], events: [] })
  }

  async #start(from: Bookmark | null): Promise<StreamBookmark> {
    const now = await this.#now(FIRST_EPOCH)
    if (from === null) return now
    const was = parseBookmark(from)
    const tables = { ...now.tables, ...pick(was.tables, Object.keys(now.tables)) }
    for (const [table, { stream }] of Object.entries(tables)) {
      if (now.tables[table]?.stream === stream) continue
      const what = `The table ${table} has another stream than the one that was captured (${stream}): what that held is gone.`
      throw new MillraceError('HISTORY_GONE', what)
    }
    return { epoch: was.epoch, tables }
  }

  /** The streams as they are, from now on. */
  async #now(epoch: number): Promise<StreamBookmark> {
    const sinceMs = this.#nowMs() - BEFORE_MS
    const entries = this.#options.tables.map(async (table) => {
      return [table, { stream: await this.#facts.stream(table), sinceMs, shards: {} }] as const
    })
    return { epoch, tables: Object.fromEntries(await Promise.all(entries)) }
  }

  #open({ tables }: StreamBookmark): Promise<readonly TableStream[]> {
    const opening = Object.entries(tables).map(async ([table, from]) => {
      const shape = await this.#facts.shape(table)
      return new TableStream({ client: this.#streams, shape, from, nowMs: this.#nowMs })
    })
    return Promise.all(opening)
  }

  #readAll(
    due: readonly { readonly stream: TableStream; readonly reader: ShardReader }[],
    epoch: number,
    signal: AbortSignal,
  ) {
    return Promise.all(
      due.map(async ({ stream, reader }) => {
        const records = await reader.read(signal)
        if (reader.isOver) stream.look()
        const { shape, sinceMs } = stream
        const options = { shape, epoch, origin: NAME, shard: reader.shard, sinceMs }
        return {
          events: records.flatMap((record) => streamEvent(record, options) ?? []),
          setBack: records.flatMap((record) => setBack(record, shape) ?? []),
        }
      }),
    )
  }

  #batch({
    start,
    streams,
    events,
  }: {
    readonly start: StreamBookmark
    readonly streams: readonly TableStream[]
    readonly events: SourceBatch['events']
  }): SourceBatch {
    const tables = {
      ...start.tables,
      ...Object.fromEntries(streams.map(({ shape, bookmark }) => [shape.name, bookmark])),
    }
    const seen = streams.flatMap(({ readers }) => readers.flatMap(({ seenMs }) => seenMs ?? []))
    return {
      events,
      bookmark: JSON.stringify({ epoch: start.epoch, tables }),
      position: newest([itemPosition(start.epoch, null), ...events.map(({ position }) => position)]),
      sourceTimeMs: Math.min(this.#nowMs(), ...seen),
    }
  }

  async #pause(streams: readonly TableStream[], signal: AbortSignal): Promise<void> {
    const due = Math.min(
      ...streams.flatMap(({ readers, refreshMs }) => [refreshMs, ...readers.map(({ dueMs }) => dueMs)]),
    )
    const waitMs = Math.min(due - this.#nowMs(), HEARTBEAT_MS)
    if (waitMs > 0) await delay(Math.max(PAUSE_MS, waitMs), undefined, { signal }).catch(() => undefined)
  }

  async #currentEpoch(): Promise<number> {
    const newest = (await this.#options.bookmark?.()) ?? null
    return newest === null ? (this.#epoch ?? FIRST_EPOCH) : parseBookmark(newest).epoch
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tables.destroy()
    this.#streams.destroy()
  }
}

export function openDynamodbSource(options: DynamodbSourceOptions): DynamodbSource {
  return new DynamodbSource(options)
}

function pick<Of>(from: Readonly<Record<string, Of>>, names: readonly string[]): Record<string, Of> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
}
