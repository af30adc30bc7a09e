// The change source and row source of DynamoDB tables with streams: one object for all tables of an account's region.

import { setMaxListeners } from 'node:events'
import { MillraceError } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import { ITEM_COLUMN } from '../../core/item.ts'
import { newest } from '../../core/position.ts'
import type { Address } from '../../dynamodb/client-config.ts'
import { Transport } from '../../dynamodb/transport.ts'
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
  Slicing,
  SourceBatch,
  TableColumns,
} from '../source.ts'
import { followStreams, type ShardRecords } from './follow-streams.ts'
import { ItemPages } from './item-pages.ts'
import { itemPosition } from './item-position.ts'
import { setBack } from './set-back.ts'
import { WHOLE } from './shard-slice.ts'
import { joined, parseBookmark, type StreamBookmark } from './stream-bookmark.ts'
import { streamEvent } from './stream-event.ts'
import { TableFacts } from './table-facts.ts'
import { TableStream } from './table-stream.ts'

export interface DynamodbSourceOptions extends Address {
  /** Those whose streams are followed. */
  readonly tables: readonly string[]
  /** The newest bookmark of this source, for a process that reads items but does not itself capture. */
  readonly bookmark?: () => Promise<Bookmark | null>
  /** By how many readers the streams are read side by side; one when left out. */
  readonly slices?: number
  /** Canaries are changes of a table of their own; left out when left out. */
  readonly hearsCanary?: boolean
  readonly nowMs?: () => number
}

const NAME = 'dynamodb'
const FIRST_EPOCH = 1
/** Creation times are approximate, and an emulator's are cut to the minute: what is told twice is known to the sink. */
const BEFORE_MS = 60_000

export class DynamodbSource implements ChangeSource, RowSource, RowLookup, LookupCheck, TableColumns, AsyncDisposable {
  readonly name = NAME
  readonly slicing: Slicing
  readonly #options: DynamodbSourceOptions
  readonly #transport: Transport
  readonly #closed = new AbortController()
  readonly #facts: TableFacts
  readonly #pages: ItemPages
  readonly #nowMs: () => number
  #epoch: number | null = null

  constructor(transport: Transport, options: DynamodbSourceOptions) {
    this.#options = options
    this.#transport = transport
    this.#facts = new TableFacts(transport, this.#closed.signal)
    this.#nowMs = options.nowMs ?? Date.now
    this.slicing = {
      slices: options.slices ?? 1,
      isDivided: (bookmark) => options.tables.every((table) => table in parseBookmark(bookmark).tables),
      divide: (bookmarks) => this.#divide(bookmarks),
    }
    const epoch = () => this.#currentEpoch()
    this.#pages = new ItemPages({ transport, facts: this.#facts, origin: NAME, epoch })
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
    const left = new AbortController()
    const ends = AbortSignal.any([signal, left.signal, this.#closed.signal])
    setMaxListeners(0, ends)
    try {
      yield* this.#follow(from, ends)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      left.abort()
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
    return filters.length > 0 ? null : ((await this.#facts.size(table))?.items ?? null)
  }

  async restart(last: Bookmark | null): Promise<SourceBatch> {
    const start = await this.#now(last === null ? FIRST_EPOCH : parseBookmark(last).epoch + 1, this.#options.tables)
    return this.#batch(start, await this.#open(start), [])
  }

  async *#follow(from: Bookmark | null, signal: AbortSignal): AsyncIterable<SourceBatch> {
    const was = from === null ? null : parseBookmark(from)
    const start = await this.#start(was)
    this.#epoch = start.epoch
    const streams = await this.#open(start)
    // The first bookmark names the shards: of one that comes later it is known that it was read from its beginning.
    await Promise.all(streams.map((stream) => stream.refresh(signal)))
    const fresh = streams.filter(({ shape }) => was?.tables[shape.name] === undefined)
    await Promise.all(fresh.map((stream) => stream.skipHistory(signal)))
    yield this.#batch(start, streams, [])
    for await (const brought of followStreams(streams, { nowMs: this.#nowMs, signal })) {
      yield this.#batch(start, streams, brought)
    }
  }

  async #start(was: StreamBookmark | null): Promise<StreamBookmark> {
    const known = Object.entries(was?.tables ?? {}).filter(([table]) => this.#options.tables.includes(table))
    const fresh = this.#options.tables.filter((table) => was?.tables[table] === undefined)
    const now = await this.#now(was?.epoch ?? FIRST_EPOCH, fresh)
    return { ...now, slice: was?.slice ?? WHOLE, tables: { ...now.tables, ...Object.fromEntries(known) } }
  }

  async #divide(bookmarks: readonly Bookmark[]): Promise<readonly SourceBatch[]> {
    const start = await this.#start(joined(bookmarks.map(parseBookmark)))
    const streams = await this.#open(start)
    await Promise.all(streams.map((stream) => stream.refresh(this.#closed.signal)))
    const whole = this.#batch(start, streams, [])
    const { slices } = this.slicing
    const parts = streams.map((stream) => ({ name: stream.shape.name, parts: stream.parts(slices) }))
    return Array.from({ length: slices }, (_, index) => {
      const slice = { index, of: slices }
      const tables = Object.fromEntries(parts.map((one) => [one.name, one.parts[index]]))
      return { ...whole, bookmark: JSON.stringify({ epoch: start.epoch, slice, tables }) }
    })
  }

  /** The streams of these tables as they are, from now on. */
  async #now(epoch: number, tables: readonly string[]): Promise<StreamBookmark> {
    const sinceMs = this.#nowMs() - BEFORE_MS
    const entries = tables.map(async (table) => {
      return [table, { stream: await this.#facts.stream(table), sinceMs, listedMs: null, shards: {} }] as const
    })
    return { epoch, slice: WHOLE, tables: Object.fromEntries(await Promise.all(entries)) }
  }

  #open({ tables, slice }: StreamBookmark): Promise<readonly TableStream[]> {
    const opening = Object.entries(tables).map(async ([table, from]) => {
      const shape = await this.#facts.shape(table)
      const current = () => this.#facts.stream(table)
      return new TableStream({ transport: this.#transport, shape, from, slice, current, nowMs: this.#nowMs })
    })
    return Promise.all(opening)
  }

  #batch(
    { epoch, slice }: StreamBookmark,
    streams: readonly TableStream[],
    brought: readonly ShardRecords[],
  ): SourceBatch {
    const { hearsCanary = false } = this.#options
    const events = brought.flatMap(({ stream: { shape, sinceMs }, shard, records }) => {
      const options = { shape, epoch, origin: NAME, shard, sinceMs, hearsCanary }
      return records.flatMap((record) => streamEvent(record, options) ?? [])
    })
    const tables = Object.fromEntries(streams.map(({ shape, bookmark }) => [shape.name, bookmark]))
    const seen = streams.flatMap(({ readers }) => readers.flatMap(({ seenMs }) => seenMs ?? []))
    return {
      events,
      setBack: brought.flatMap(({ stream, records }) =>
        records.flatMap((record) => setBack(record, stream.shape) ?? []),
      ),
      bookmark: JSON.stringify({ epoch, slice, tables }),
      position: newest([itemPosition(epoch, null), ...events.map(({ position }) => position)]),
      sourceTimeMs: Math.min(this.#nowMs(), ...seen),
    }
  }

  async #currentEpoch(): Promise<number> {
    const newest = (await this.#options.bookmark?.()) ?? null
    return newest === null ? (this.#epoch ?? FIRST_EPOCH) : parseBookmark(newest).epoch
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort()
    this.#transport.close()
  }
}

export async function openDynamodbSource(options: DynamodbSourceOptions): Promise<DynamodbSource> {
  return new DynamodbSource(await Transport.open(options), options)
}
