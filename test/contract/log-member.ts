import type { Log, LogBatch, Share, StoredRecord } from '../../src/log/log.ts'
import { within } from './log-place.ts'

const LEAVE_MAX_MS = 30_000

/** One member of a reader, pulled by hand. */
export class Member {
  /** How many partitions it was told it holds, time after time. */
  readonly shares: number[] = []
  readonly #abort = new AbortController()
  readonly #batches: AsyncIterator<LogBatch>
  #asked: Promise<IteratorResult<LogBatch>> | null = null

  constructor(log: Log, reader: string, topics: readonly string[]) {
    const onShare = (share: Share) => void this.shares.push(share.length)
    this.#batches = log.follow(reader, topics, { signal: this.#abort.signal, onShare })[Symbol.asyncIterator]()
  }

  /** Begins to follow without waiting for anything. */
  ask(): Promise<IteratorResult<LogBatch>> {
    this.#asked ??= this.#batches.next()
    this.#asked.catch(() => undefined)
    return this.#asked
  }

  async next(): Promise<LogBatch> {
    const asked = await within('the next batch', this.ask())
    this.#asked = null
    if (asked.done === true) throw new Error('the iteration has ended')
    return asked.value
  }

  /** Takes and commits batches until `count` records have come. */
  async take(count: number): Promise<readonly StoredRecord[]> {
    const records: StoredRecord[] = []
    while (records.length < count) {
      const batch = await this.next()
      records.push(...batch.records)
      await batch.commit()
    }
    return records
  }

  /** Aborts and waits for the end of the iteration; what is uncommitted goes to another member. */
  async leave(): Promise<void> {
    this.#abort.abort()
    for (let isOver = false; !isOver; this.#asked = null) {
      isOver = (await within('the end of an aborted iteration', this.ask(), LEAVE_MAX_MS)).done === true
    }
  }
}

/** One member of a reader that takes and commits whatever comes, until it leaves. */
export class BusyMember {
  readonly records: StoredRecord[] = []
  readonly #abort = new AbortController()
  readonly #done: Promise<void>

  constructor(log: Log, reader: string, topics: readonly string[]) {
    this.#done = this.#run(log.follow(reader, topics, { signal: this.#abort.signal }))
    this.#done.catch(() => undefined)
  }

  get partitions(): ReadonlySet<number> {
    return new Set(this.records.map((one) => one.partition))
  }

  async leave(): Promise<void> {
    this.#abort.abort()
    await within('the end of an aborted iteration', this.#done, LEAVE_MAX_MS)
  }

  async #run(batches: AsyncIterable<LogBatch>): Promise<void> {
    for await (const batch of batches) {
      try {
        await batch.commit()
        this.records.push(...batch.records)
      } catch (error) {
        // Another member took the partition over, and the batch with it.
        if (!(error instanceof Error && 'code' in error && error.code === 'LOG_CURSOR_LOST')) throw error
      }
    }
  }
}
