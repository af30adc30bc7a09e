// Retries dead letters. Each is planned and applied as its record was at first, and what becomes of it, success or
// another try counted, is one append with the run's progress and its tally. The letters of a row go oldest first and
// stop at the first that is rejected again, so order per key holds.

import { z } from 'zod'
import type { Connector } from '../core/connector.ts'
import { MillraceError } from '../core/errors.ts'
import { rowsOf } from '../core/run.ts'
import { deadTopic } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log } from '../log/log.ts'
import type { Sink } from '../sink/sink.ts'
import type { Clock } from './clock.ts'
import type { DeadEnds, DeadEntry, DeadIndex } from './dead-index.ts'
import { PARKED_LOOK_MS } from './deliver.ts'
import type { Observer } from './observer.ts'
import type { Plan } from './plan.ts'
import { readPlace } from './read-place.ts'
import { chunksOf, RetryChunk } from './retry-chunk.ts'
import { retryIndex } from './retry-index.ts'
import type { RunKindWork, RunWork } from './run-work.ts'

/** A connector that this process delivers for. */
export interface RetryTarget {
  readonly connector: Connector
  readonly sink: Sink
  /** A plan of its own: what a cache remembers from the first try must not decide the second. */
  readonly openPlan: () => Promise<Plan>
}

export interface RetryOptions {
  readonly database: string
  readonly log: Log
  readonly records: RecordCodec
  readonly clock: Clock
  readonly observer: Pick<Observer, 'disputed'>
  readonly targets: readonly RetryTarget[]
}

/** The rows that are being worked on, and what the dead topics held when the run began: it takes no others. */
const Bookmark = z.object({ ends: z.record(z.string(), z.array(z.number())), open: z.array(z.string()) })

/** They stand in each bookmark. */
const LANES_MAX = 1_000
/** What deliver may take for a look at the dead topic, beyond the time between two. */
const LOOK_SLACK_MS = 250
/** Where deliveries do not come to an end, neither does the wait for them. */
const IN_HAND_MS_MAX = 10_000
const IN_HAND_LOOK_MS = 50

/** One at a time: of two that held the same letter, one could bring back what the other has settled. */
export function retry(options: RetryOptions): RunKindWork['carryOut'] {
  let turn: Promise<void> = Promise.resolve()
  return async (work) => {
    const { connector } = work.order
    const target = options.targets.find((one) => one.connector.name === connector)
    if (target === undefined) {
      throw new MillraceError('SCOPE_INVALID', `the process that carries runs out does not deliver for ${connector}`)
    }
    const mine = turn.then(() => new Retry(options, target, work).run())
    turn = mine.catch(() => undefined)
    await mine
  }
}

class Retry {
  readonly #options: RetryOptions
  readonly #target: RetryTarget
  readonly #work: RunWork
  readonly #index: DeadIndex
  #ends: DeadEnds | null
  /** Rows of which no letter has been rejected again: more may come behind those that were settled. */
  readonly #open: Set<string>

  constructor(options: RetryOptions, target: RetryTarget, work: RunWork) {
    this.#options = options
    this.#target = target
    this.#work = work
    const { database, log, records } = options
    this.#index = retryIndex({ database, log, records, signal: work.signal }, target.connector, work.order.scope)
    const { bookmark } = work.progress
    const place = bookmark === null ? null : readPlace(Bookmark, bookmark, 'retry')
    this.#ends = place?.ends ?? null
    this.#open = new Set(place?.open)
  }

  async run(): Promise<void> {
    const { signal } = this.#work
    if (signal.aborted) return
    const plan = await this.#work.retry(this.#target.openPlan)
    const ends = this.#ends ?? (await this.#work.retry(() => this.#endsNow()))
    await this.#refresh()
    if (this.#ends === null) this.#work.expect(this.#index.count)
    this.#ends = ends
    const { log, records, clock, observer } = this.#options
    const chunk = new RetryChunk({ log, records, clock, observer, plan, ...this.#target }, this.#work, this.#index)
    await chunk.begin()
    while (!signal.aborted) {
      await this.#refresh()
      if (this.#open.size === 0) for (const lane of this.#index.lanesBefore(ends, LANES_MAX)) this.#open.add(lane)
      if (this.#open.size === 0) return
      await this.#finish(chunk)
    }
  }

  async #endsNow(): Promise<DeadEnds> {
    const all = this.#index.topics.map(async (topic) => {
      const ends = await this.#options.log.ends(deadTopic(topic))
      return [topic, ends.map(({ offset }) => offset)] as const
    })
    return Object.fromEntries(await Promise.all(all))
  }

  /**
   * Deliver hears only after a while that a letter is settled, and until then puts later events of the row behind it. So
   * rows are looked at again, until a look that came after all of that finds none.
   */
  async #finish(chunk: RetryChunk): Promise<void> {
    const { signal } = this.#work
    for (let isHeard = false; ; isHeard = true) {
      await this.#refresh()
      const letters = this.#index.lettersOf(this.#open)
      if (letters.length === 0 && isHeard) break
      for (const entries of chunksOf(letters)) {
        if (signal.aborted) return
        await this.#try(chunk, entries)
      }
      if (this.#open.size === 0) return
      await this.#heard()
      if (signal.aborted) return
    }
    this.#open.clear()
  }

  async #try(chunk: RetryChunk, entries: readonly DeadEntry[]): Promise<void> {
    const tried = await chunk.try(entries.filter(({ lane }) => this.#open.has(lane)))
    if (tried === null) return
    for (const lane of tried.rejected) this.#open.delete(lane)
    const bookmark = JSON.stringify({ ends: this.#ends, open: [...this.#open] })
    const { startedAtMs } = this.#work.progress
    const rows = rowsOf(tried.tally)
    const seconds = Math.max(1, this.#options.clock.nowMs() - startedAtMs) / 1_000
    await this.#work.step({ bookmark, rows, rowsPerSecond: rows / seconds }, tried.records)
    chunk.settled(tried)
  }

  /** Until every batch is committed that began before deliver could know of what has been settled. */
  async #heard(): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#work
    const reader = this.#target.connector.name
    await clock.sleep(PARKED_LOOK_MS + LOOK_SLACK_MS, signal)
    const deadlineMs = clock.nowMs() + IN_HAND_MS_MAX
    for (const topic of this.#index.topics) {
      const stood = await this.#work.retry(() => log.committed(reader, topic))
      const hasMoved = async () => {
        if ((await log.lag(reader, topic)) === 0) return true
        const now = await log.committed(reader, topic)
        return stood.every(({ offset }, at) => (now[at]?.offset ?? offset) > offset)
      }
      while (!signal.aborted && clock.nowMs() < deadlineMs && !(await this.#work.retry(hasMoved))) {
        await clock.sleep(IN_HAND_LOOK_MS, signal)
      }
    }
  }

  #refresh(): Promise<void> {
    return this.#work.retry(() => this.#index.refresh())
  }
}
