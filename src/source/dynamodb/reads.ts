// Reads of shards that are under way, some at once, so that a slow one holds up no other. What they bring waits until
// it is taken: no more of it than there may be reads.

import type { Fetched, ShardReader } from './shard-reader.ts'
import type { TableStream } from './table-stream.ts'

/** Each brings 1 MB at most. */
const READS_MAX = 16

export interface Arrived {
  readonly stream: TableStream
  readonly reader: ShardReader
  readonly fetched: Fetched
}

export class Reads {
  readonly #underWay = new Set<ShardReader>()
  #arrived: Arrived[] = []
  #bell = Promise.withResolvers<void>()
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#bell.resolve(), { once: true })
  }

  /** Begins those that are due, and along with an idle one the other idle ones, the longest due first, as far as there is room. */
  begin(streams: readonly TableStream[], nowMs: number): void {
    const waiting = this.#waiting(streams)
      .filter(({ reader }) => reader.earliestMs <= nowMs)
      .sort((one, other) => one.reader.dueMs - other.reader.dueMs)
    const isDue = ({ dueMs }: ShardReader) => dueMs <= nowMs
    const isOneIdle = waiting.some(({ reader }) => isDue(reader) && reader.earliestMs < reader.dueMs)
    const due = isOneIdle ? waiting : waiting.filter(({ reader }) => isDue(reader))
    for (const { stream, reader } of due.slice(0, READS_MAX - this.#underWay.size)) {
      this.#underWay.add(reader)
      void reader.fetch(this.#signal).then((fetched) => {
        this.#arrived.push({ stream, reader, fetched })
        this.#bell.resolve()
      })
    }
  }

  /** When the next one is due, of those that are not under way; never, while there is no room for it. */
  dueMs(streams: readonly TableStream[]): number {
    if (this.#underWay.size >= READS_MAX) return Number.POSITIVE_INFINITY
    return Math.min(Number.POSITIVE_INFINITY, ...this.#waiting(streams).map(({ reader }) => reader.dueMs))
  }

  #waiting(streams: readonly TableStream[]): { stream: TableStream; reader: ShardReader }[] {
    const all = streams.flatMap((stream) => stream.readers.map((reader) => ({ stream, reader })))
    return all.filter(({ reader }) => !this.#underWay.has(reader))
  }

  /** Resolves when something arrives, or nothing will be asked for any more. */
  get arrival(): Promise<void> {
    return this.#bell.promise
  }

  take(): readonly Arrived[] {
    const arrived = this.#arrived
    this.#arrived = []
    this.#bell = Promise.withResolvers<void>()
    for (const { reader } of arrived) this.#underWay.delete(reader)
    return arrived
  }
}
