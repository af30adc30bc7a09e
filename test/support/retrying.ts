// Retries of dead letters on the real log of a Delivering: the desk, the letters, and who carries the runs out.

import type { Connector } from '../../src/core/connector.ts'
import type { Log, LogRecord, LogWriter } from '../../src/log/log.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { DeadLetters } from '../../src/pipeline/dead-letters.ts'
import { dryRetry } from '../../src/pipeline/dry-retry.ts'
import type { Forecast } from '../../src/pipeline/dry-run.ts'
import { Plan } from '../../src/pipeline/plan.ts'
import { retry } from '../../src/pipeline/retry.ts'
import { isOver, type Run, RunBook } from '../../src/pipeline/run-book.ts'
import { RunDesk } from '../../src/pipeline/run-desk.ts'
import { carryOutRuns } from '../../src/pipeline/runs.ts'
import { connector, type Delivering, topics } from './delivering.ts'
import { observed, Running } from './running.ts'
import { until } from './until.ts'

interface Carrying {
  /** Awaited before each append of the runs; may throw. */
  readonly before?: (records: readonly LogRecord[]) => Promise<void>
}

export class Retrying {
  readonly letters: DeadLetters
  readonly observer = observed()
  readonly #at: Delivering
  readonly #desk: RunDesk

  constructor(at: Delivering) {
    this.#at = at
    const { log, records } = at
    const by = { log, records, clock: systemClock, signal: new AbortController().signal }
    this.letters = new DeadLetters({
      ...by,
      database: 'app',
      connectors: [connector()],
      openCodec: () => at.openCodec(),
    })
    this.#desk = new RunDesk({ ...by, book: new RunBook(by) })
  }

  /** Carries runs out for this connector. */
  start(of: Connector = connector(), { before = async () => undefined }: Carrying = {}): Running {
    const { records, sink } = this.#at
    const log = intercepted(this.#at.log, before)
    const target = { connector: of, sink, openPlan: () => Plan.open(this.#at.planParts(of)) }
    const { observer } = this
    const work = retry({ log, records, clock: systemClock, observer, database: 'app', targets: [target] })
    const by = { log, topics, records, clock: systemClock, observer, openCodec: () => this.#at.openCodec() }
    const none = { carryOut: async () => undefined }
    const others = {
      backfill: none,
      replay: none,
      sync: none,
      verify: none,
      repair: none,
      resolve: none,
      import: none,
      rollback: none,
    }
    const kinds = () => ({ ...others, retry: { carryOut: work } })
    return new Running((attempt) => carryOutRuns({ ...by, kinds, scheduled: [] }, attempt), observer)
  }

  /** What a retry for this connector would do. */
  async foreseen(of: Connector = connector(), scope: object = {}): Promise<Forecast> {
    const { log, records, sink } = this.#at
    const plan = await Plan.open(this.#at.planParts(of))
    const options = { log, records, sink, plan, clock: systemClock, database: 'app', connector: of }
    return dryRetry(options, JSON.stringify(scope), new AbortController().signal)
  }

  order(scope: object = {}, name = 'feedback'): Promise<Run> {
    const limits = { rowsPerSecond: null, writeUnitsPerSecond: null, sourceShare: null }
    return this.#desk.order({ kind: 'retry', connector: name, scope: JSON.stringify(scope), limits, by: 'ann' })
  }

  done({ order }: Run): Promise<Run> {
    const ask = async () => {
      const run = await this.#desk.find(order.id)
      return isOver(run) ? run : null
    }
    return until(ask, { what: 'the retry is over' })
  }

  async retried(scope: object = {}): Promise<Run> {
    return this.done(await this.order(scope))
  }
}

function intercepted(log: Log, before: NonNullable<Carrying['before']>): Log {
  const writer = async (id: string): Promise<LogWriter> => {
    const inner = await log.writer(id)
    const append = async (records: readonly LogRecord[]) => {
      await before(records)
      await inner.append(records)
    }
    return { append, close: () => inner.close() }
  }
  return {
    writer,
    declare: (specs) => log.declare(specs),
    follow: (reader, followed, options) => log.follow(reader, followed, options),
    range: (from, to, signal) => log.range(from, to, signal),
    latest: (topic) => log.latest(topic),
    ends: (topic) => log.ends(topic),
    at: (topic, time) => log.at(topic, time),
    committed: (reader, topic) => log.committed(reader, topic),
    lag: (reader, topic) => log.lag(reader, topic),
    close: () => log.close(),
  }
}
