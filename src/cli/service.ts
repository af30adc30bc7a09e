// The running process: its parts under supervision, the watch on their lag, and the HTTP server.

import type { Config } from '../config.ts'
import type { ConsolePage } from '../control/console-page.ts'
import { ControlServer } from '../control/control-server.ts'
import { docsRoutes } from '../control/docs-routes.ts'
import { FlowFeed } from '../control/flow-feed.ts'
import { openApi } from '../control/open-api.ts'
import { probeRoutes } from '../control/probe-routes.ts'
import { type PartReport, type Readiness, readiness } from '../control/readiness.ts'
import { BOOKMARKS, connectorTopics } from '../core/topic.ts'
import type { Logger } from '../observe/logger.ts'
import type { Metrics } from '../observe/metrics.ts'
import { type Clock, systemClock } from '../pipeline/clock.ts'
import { inTime } from '../pipeline/in-time.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { RunDesk } from '../pipeline/run-desk.ts'
import { Supervisor } from '../pipeline/supervisor.ts'
import { type Books, openBooks } from './books.ts'
import { FlowWatch } from './flow-watch.ts'
import { LagWatch } from './lag-watch.ts'
import { LogRates } from './log-rates.ts'
import { notifyWatch } from './notify-watch.ts'
import { capturePart, deliverPart, type Part, partsOf, RUNNING } from './parts.ts'
import { Rates } from './rates.ts'
import { Reporter } from './reporter.ts'
import type { Resources } from './resources.ts'
import { scheduledImports } from './scheduled-imports.ts'
import type { ServiceRole } from './service-role.ts'
import { serviceRoutes } from './service-routes.ts'
import type { Watch } from './watch.ts'
import { watchesOf } from './watches.ts'

export interface ServiceOptions {
  readonly version: string
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  readonly role: ServiceRole
  readonly resources: Resources
  readonly page: ConsolePage
  readonly logger: Logger
  readonly metrics: Metrics
  readonly skipsGap?: boolean
}

/** Whoever asks whether it is ready does not wait for a log that hangs. */
const LOG_MS_MAX = 2_000

export class Service {
  readonly control: ControlServer
  readonly #options: ServiceOptions
  readonly #clock: Clock = systemClock
  readonly #reporter: Reporter
  readonly #lag: LagWatch
  readonly #rates: Rates
  readonly #watches: readonly Watch[]
  readonly #parts: readonly Part[]
  /** Ends what requests ask of the log. */
  readonly #asking = new AbortController()

  constructor(options: ServiceOptions) {
    const { config, connectors, resources, metrics, logger, version } = options
    const clock = this.#clock
    const { signal } = this.#asking
    const { log, codecs, sources } = resources
    this.#options = options
    const captures = new Map([...sources].map(([side, { name }]) => [name, capturePart(side)]))
    const plain = connectors.map(({ connector }) => connector)
    const following = plain.filter(({ source }) => source !== 'import')
    const follows = new Map(following.map((connector) => [connector.name, sources.of(connector).name]))
    this.#reporter = new Reporter({ metrics, logger, captures, follows, nowMs: () => clock.nowMs() })
    const reading = { log, records: codecs.records, signal }
    const books = openBooks({ ...reading, connectors: plain, sources: sources.names, database: config.database })
    const desk = new RunDesk({ log, records: codecs.records, clock, book: books.runs, trail: resources.imports.trail })
    this.#parts = partsOf({ ...options, desk, observer: this.#reporter, clock })
    const readers = new Map(plain.map((one) => [one.name, connectorTopics(one, config.database)]))
    this.#lag = new LagWatch({ log, metrics, clock, readers })
    this.#rates = new Rates({ metrics, clock })
    const flow = this.#flowWatch(books, readers)
    const feed = new FlowFeed({ look: () => flow.look(), clock })
    const carryingOut = () => {
      const report = this.#reporter.parts().find(({ part }) => part === RUNNING)
      return { state: report?.state ?? '', error: report?.error ?? null }
    }
    this.#watches = [
      ...watchesOf({ ...options, books, desk, clock }),
      notifyWatch({
        ...{ ...options, feed, books, carryingOut, clock, schedules: scheduledImports({ ...options, desk }) },
        throttles: () => flow.throttles(),
      }),
    ]
    this.control = new ControlServer({
      host: config.httpHost,
      port: config.httpPort,
      tokens: config.tokens,
      publicUrl: config.publicUrl,
      clock,
      logger,
      onAnswered: ({ method, url: route, status, tookMs }) => {
        metrics.httpTime.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, tookMs / 1000)
      },
      routes: [
        probeRoutes({ metrics, readiness: () => this.readiness() }),
        ...serviceRoutes({ ...options, books, desk, feed, clock, signal }),
        docsRoutes({ describe: () => openApi(this.control.endpoints, version) }),
      ],
    })
  }

  /** Until the signal aborts; throws what has to end the process. */
  async run(signal: AbortSignal): Promise<void> {
    const failing = new AbortController()
    const ends = AbortSignal.any([signal, failing.signal])
    const tasks = this.#parts.map((part) => this.#supervise(part, ends))
    const watches = [this.#lag, this.#rates, ...this.#watches].map((watch) => watch.run(ends))
    const all = [...tasks, ...watches].map((task) =>
      task.catch((error: unknown) => {
        failing.abort()
        throw error
      }),
    )
    const done = await Promise.allSettled(all)
    this.#asking.abort()
    const failed = done.find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  async readiness(): Promise<Readiness> {
    const parts = this.#options.role === 'control' ? [await this.#controlReport()] : this.#partReports()
    return readiness(parts, this.#clock.nowMs())
  }

  #flowWatch(books: Books, readers: ReadonlyMap<string, readonly string[]>): FlowWatch {
    const { config, connectors, resources, version } = this.#options
    const { log, sources } = resources
    const [clock, lag, rates] = [this.#clock, this.#lag, this.#rates]
    return new FlowWatch({
      ...{ version, clock, lag, rates, books, log: config.log.kind, sources: sources.names },
      connectors: connectors.map(({ connector }) => connector),
      slicesOf: { mysql: 1, dynamodb: config.streamSlices },
      topicsOf: ({ name }) => readers.get(name) ?? [],
      logRates: new LogRates({ log, lag, clock, readers }),
      parts: new Set(this.#parts.map(({ name }) => name)),
      readiness: () => this.readiness(),
    })
  }

  async #supervise({ name, work }: Part, signal: AbortSignal): Promise<void> {
    const options = { part: name, clock: this.#clock, observer: this.#reporter, random: Math.random }
    const supervisor = new Supervisor(options)
    this.#reporter.entered(name, supervisor.state)
    await supervisor.run(work, signal)
  }

  #partReports(): readonly PartReport[] {
    const readers = new Map(this.#options.connectors.map(({ connector: { name } }) => [deliverPart(name), name]))
    return this.#reporter.parts().map((part) => {
      const reader = readers.get(part.part)
      return { ...part, lagRecords: reader === undefined ? null : (this.#lag.of(reader)?.records ?? null) }
    })
  }

  /** A process that only answers is ready when the log answers it. */
  async #controlReport(): Promise<PartReport> {
    const nowMs = this.#clock.nowMs()
    const answer = this.#options.resources.log.ends(BOOKMARKS).then(
      () => true,
      () => false,
    )
    const isAnswering = (await inTime(answer, this.#clock, LOG_MS_MAX)) === true
    return {
      part: 'log',
      state: 'running',
      movedAtMs: isAnswering ? nowMs : null,
      partitions: null,
      lagRecords: null,
      error: null,
    }
  }
}
