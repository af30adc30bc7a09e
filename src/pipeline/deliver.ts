// Moves changes from the log into a sink, for one connector. Partitions go their own ways; a cursor is committed
// together with what its batch leaves behind, so a crash repeats a batch and loses nothing.

import { isOfCanary } from '../core/canary.ts'
import { cursorScope } from '../core/cursor.ts'
import { MillraceError } from '../core/errors.ts'
import { connectorTopics } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, LogBatch, Share, TopicSpec } from '../log/log.ts'
import type { Sink } from '../sink/sink.ts'
import { ChunkSize } from './chunk-size.ts'
import type { Clock } from './clock.ts'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import type { Delivered, Observer } from './observer.ts'
import { Parked } from './parked.ts'
import { Plan, type PlanParts } from './plan.ts'
import { RunCounts } from './run-counts.ts'
import type { Attempt } from './supervisor.ts'
import { together } from './together.ts'

/** How soon a dead letter that a person dropped lets its key go on. */
export const PARKED_LOOK_MS = 1_000
/** A member that has kept its share for so long is well again, even if nothing comes for it to deliver. */
const SETTLED_MS = 1_000
/** Rows from outside come in full batches: several chunks to each, so that one is planned while others are applied. */
const IMPORTED_MOST = 500
const IMPORTED_AT_ONCE = 3

export interface DeliverOptions extends PlanParts {
  /** The source's database, which names the topics. */
  readonly database: string
  readonly log: Log
  readonly topics: readonly TopicSpec[]
  readonly records: RecordCodec
  readonly sink: Sink
  readonly clock: Clock
  readonly observer: Pick<Observer, 'arrived' | 'delivered' | 'shared'>
}

/** One attempt: follows the connector's topics until something fails or it is asked to end. */
export async function deliver(options: DeliverOptions, attempt: Attempt): Promise<void> {
  const { ready, database, log, topics, openCodec, lookups, source } = options
  await log.declare(topics)
  const plan = await Plan.open({ ready, openCodec, lookups, source })
  const followed = connectorTopics(ready.connector, database)
  await together(attempt.signal, async (signal, start) => {
    const reader = new Reader(options, plan, { ...attempt, signal })
    const connector = ready.connector.name
    const settle = async () => {
      await options.clock.sleep(SETTLED_MS, signal)
      if (!signal.aborted) attempt.progress()
    }
    const onShare = (share: Share) => {
      const ofUser = share.filter(({ topic }) => !isOfCanary(topic))
      options.observer.shared({ connector, partitions: ofUser.length })
      start(settle())
    }
    for await (const batch of log.follow(connector, followed, { signal, onShare })) start(reader.deliver(batch))
    if (!signal.aborted) throw new MillraceError('INTERNAL', 'the log ended without being asked to')
  })
}

interface Standing {
  /** Where this member itself has brought the partition; anything else means that another had it meanwhile. */
  offset: number
  lookedAtMs: number
}

class Reader {
  readonly #options: DeliverOptions
  readonly #delivery: DeliveryOptions
  readonly #attempt: Attempt
  readonly #parked = new Map<string, Parked>()
  readonly #counts: RunCounts
  readonly #standings = new Map<string, Standing>()
  /** By partition, the delivery that began last. */
  readonly #turns = new Map<string, Promise<void>>()

  constructor(options: DeliverOptions, plan: Plan, attempt: Attempt) {
    const { ready, sink, records, clock, log } = options
    this.#options = options
    this.#attempt = attempt
    const { connector } = ready
    const isImport = connector.source === 'import'
    this.#counts = new RunCounts({ log, records, signal: attempt.signal })
    this.#delivery = {
      ...{ connector, venueOf: connector.sync?.venueOf ?? null, plan, sink, records, clock, attempt },
      ...{ size: new ChunkSize(isImport ? IMPORTED_MOST : undefined), counts: this.#counts },
      callsAtOnce: isImport ? IMPORTED_AT_ONCE : 1,
    }
  }

  /** The log hands out a batch as soon as the one before it is committed: what that leaves behind is taken in first. */
  deliver(batch: LogBatch): Promise<void> {
    const scope = cursorScope(batch.next)
    const turn = (this.#turns.get(scope) ?? Promise.resolve()).then(() => this.#deliver(batch, scope))
    this.#turns.set(scope, turn)
    return turn
  }

  async #deliver(batch: LogBatch, scope: string): Promise<void> {
    try {
      const parked = await this.#parkedFor(batch)
      const delivered = await new Delivery(this.#delivery, batch, parked).run()
      this.#standings.set(scope, { offset: batch.next.offset, lookedAtMs: this.#standings.get(scope)?.lookedAtMs ?? 0 })
      this.#attempt.progress()
      this.#tell(delivered)
    } catch (error) {
      this.#standings.delete(scope)
      this.#counts.drop(scope)
      if (this.#attempt.signal.aborted) return
      // Another member has the partition now and goes on with it.
      if (!(error instanceof MillraceError) || error.code !== 'LOG_CURSOR_LOST') throw error
    }
  }

  #tell(delivered: Delivered): void {
    const { observer } = this.#options
    const { connector, writes, changedAtMs } = delivered
    if (!isOfCanary(delivered.next.topic)) observer.delivered(delivered)
    else if (writes.length > 0 && writes.every(({ did }) => did !== 'rejected'))
      observer.arrived({ connector, changedAtMs: Math.max(...changedAtMs) })
  }

  async #parkedFor(batch: LogBatch): Promise<Parked> {
    const { topic } = batch.next
    const { ready, log, records, clock } = this.#options
    const connector = ready.connector.name
    const parked =
      this.#parked.get(topic) ?? new Parked(topic, { connector, log, records, signal: this.#attempt.signal })
    this.#parked.set(topic, parked)
    const scope = cursorScope(batch.next)
    const standing = this.#standings.get(scope)
    const isTakenOver = standing === undefined || batch.from !== standing.offset
    const isDue = !parked.isEmpty && clock.nowMs() - (standing?.lookedAtMs ?? 0) >= PARKED_LOOK_MS
    if (isTakenOver) this.#counts.drop(scope)
    if (isTakenOver || isDue) {
      await this.#attempt.retry(() => parked.refresh(), this.#attempt.signal)
      this.#standings.set(scope, { offset: standing?.offset ?? -1, lookedAtMs: clock.nowMs() })
    }
    return parked
  }
}
