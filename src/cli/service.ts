// The running process: its parts under supervision, the watch on their lag, and the HTTP server.

import type { Config } from '../config.ts'
import { adminRoutes } from '../control/admin-routes.ts'
import { conflictRoutes } from '../control/conflict-routes.ts'
import { ControlServer, type Routes } from '../control/control-server.ts'
import { deadRoutes } from '../control/dead-routes.ts'
import { docsRoutes } from '../control/docs-routes.ts'
import { gapRoutes } from '../control/gap-routes.ts'
import { importRoutes } from '../control/import-routes.ts'
import { openApi } from '../control/open-api.ts'
import { probeRoutes } from '../control/probe-routes.ts'
import { type PartReport, type Readiness, readiness } from '../control/readiness.ts'
import { runRoutes } from '../control/run-routes.ts'
import { syncRoutes } from '../control/sync-routes.ts'
import { verifyRoutes } from '../control/verify-routes.ts'
import type { Connector } from '../core/connector.ts'
import { Seal } from '../core/seal.ts'
import { BOOKMARKS, connectorTopics } from '../core/topic.ts'
import type { Logger } from '../observe/logger.ts'
import type { Metrics } from '../observe/metrics.ts'
import { type Clock, systemClock } from '../pipeline/clock.ts'
import { ConflictBook } from '../pipeline/conflict-book.ts'
import { ConflictDesk } from '../pipeline/conflict-desk.ts'
import { DeadLetters } from '../pipeline/dead-letters.ts'
import { GapBook } from '../pipeline/gap-book.ts'
import { GapDesk } from '../pipeline/gap-desk.ts'
import { openImports } from '../pipeline/import.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { RunBook, type RunBookOptions } from '../pipeline/run-book.ts'
import { type OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import { Supervisor } from '../pipeline/supervisor.ts'
import { SyncDesk } from '../pipeline/sync-desk.ts'
import { forecaster } from './forecaster.ts'
import { foreseeRollback } from './foresee-rollback.ts'
import { LagWatch } from './lag-watch.ts'
import { migrateTables } from './migrate-tables.ts'
import { OpenWatch } from './open-watch.ts'
import { capturePart, deliverPart, type Part, partsOf } from './parts.ts'
import { Reporter } from './reporter.ts'
import type { Resources } from './resources.ts'
import type { ServiceRole } from './service-role.ts'

export interface ServiceOptions {
  readonly version: string
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  readonly role: ServiceRole
  readonly resources: Resources
  readonly logger: Logger
  readonly metrics: Metrics
  readonly skipsGap?: boolean
}

interface Books {
  readonly runs: RunBook
  readonly desk: RunDesk
  readonly gaps: GapBook
  readonly conflicts: ConflictBook
}

export class Service {
  readonly control: ControlServer
  readonly #options: ServiceOptions
  readonly #clock: Clock = systemClock
  readonly #reporter: Reporter
  readonly #lag: LagWatch
  readonly #gaps: OpenWatch
  readonly #conflicts: OpenWatch
  readonly #parts: readonly Part[]
  /** Ends what requests ask of the log. */
  readonly #asking = new AbortController()

  constructor(options: ServiceOptions) {
    const { config, connectors, resources, metrics, logger, version } = options
    this.#options = options
    const captures = new Map([...resources.sources].map(([side, { name }]) => [name, capturePart(side)]))
    this.#reporter = new Reporter({ metrics, logger, captures, nowMs: () => this.#clock.nowMs() })
    const runs = new RunBook(this.#reading())
    const { log, codecs } = resources
    const desk = new RunDesk({ log, records: codecs.records, clock: this.#clock, book: runs, trail: resources.trail })
    this.#parts = partsOf({ ...options, desk, observer: this.#reporter, clock: this.#clock })
    const readers = connectors.map(({ connector }): [string, readonly string[]] => {
      return [connector.name, connectorTopics(connector, config.database)]
    })
    this.#lag = new LagWatch({ log: resources.log, metrics, clock: this.#clock, readers: new Map(readers) })
    const gaps = this.#gapBook(runs)
    const conflicts = new ConflictBook(this.#reading())
    const watching = { clock: this.#clock, connectors: this.#plain() }
    const openGaps = (name: string) => gaps.open(name).length
    const openConflicts = (name: string) => conflicts.openFor(name)
    this.#gaps = new OpenWatch({ book: gaps, count: openGaps, gauge: metrics.gapsOpen, ...watching })
    this.#conflicts = new OpenWatch({
      book: conflicts,
      count: openConflicts,
      gauge: metrics.conflictsOpen,
      ...watching,
    })
    this.control = new ControlServer({
      host: config.httpHost,
      port: config.httpPort,
      tokens: config.tokens,
      logger,
      routes: [
        probeRoutes({ metrics, readiness: () => this.readiness() }),
        ...this.#runRoutes({ runs, desk, gaps, conflicts }),
        docsRoutes({ describe: () => openApi(this.control.endpoints, version) }),
      ],
    })
  }

  /** Until the signal aborts; throws what has to end the process. */
  async run(signal: AbortSignal): Promise<void> {
    const failing = new AbortController()
    const ends = AbortSignal.any([signal, failing.signal])
    const tasks = this.#parts.map((part) => this.#supervise(part, ends))
    const all = [...tasks, this.#lag.run(ends), this.#gaps.run(ends), this.#conflicts.run(ends)].map((task) =>
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

  /** What books of the log are opened with. */
  #reading(): RunBookOptions {
    const { log, codecs } = this.#options.resources
    return { log, records: codecs.records, signal: this.#asking.signal }
  }

  #plain(): readonly Connector[] {
    return this.#options.connectors.map(({ connector }) => connector)
  }

  #gapBook(runs: RunBook): GapBook {
    const { names: sources } = this.#options.resources.sources
    return new GapBook({ ...this.#reading(), runs, sources, connectors: this.#plain() })
  }

  #runRoutes({ runs, desk, gaps, conflicts }: Books): readonly Routes[] {
    const { resources, config, connectors } = this.#options
    const { log, codecs, sources } = resources
    const { records } = codecs
    const { signal } = this.#asking
    const plain = this.#plain()
    const syncDesk = new SyncDesk({ desk, book: runs, source: sources.mysql, connectors: plain, signal })
    const { database } = config
    const place = { log, database }
    const ofConflicts = { book: conflicts, connectors: plain }
    const forecast = forecaster({ resources, connectors, database, clock: this.#clock })
    return [
      runRoutes({ desk, connectors, clock: this.#clock, place, forecast }),
      importRoutes({
        desk,
        book: runs,
        connectors,
        clock: this.#clock,
        forecast,
        seal: (secret) => new Seal(config.mysqlUrl).close(secret),
        check: (given) => this.#checkImport(given),
        dryRollback: (run) => this.#dryRollback(runs, run),
      }),
      adminRoutes({
        ...{ desk, connectors, check: (given) => this.#checkImport(given) },
        migrate: (direction, by) => migrateTables({ resources, clock: this.#clock }, { direction, by }),
        audit: async (limit) => (await resources.trail?.list(limit)) ?? [],
      }),
      syncRoutes({ syncDesk, forecast }),
      verifyRoutes({ desk, connectors, place: { log, records } }),
      gapRoutes({ gapDesk: new GapDesk({ desk, book: gaps }), connectors: plain, forecast }),
      conflictRoutes({ ...ofConflicts, conflictDesk: new ConflictDesk({ ...ofConflicts, desk }), forecast }),
      deadRoutes({ desk, connectors: plain, letters: this.#letters(plain), database, forecast }),
    ]
  }

  async #checkImport(given: Omit<OrderGiven, 'by'>): Promise<void> {
    const { connectors, resources } = this.#options
    await openImports({ connectors, open: resources.openImport }, { ...given, orderedAtMs: this.#clock.nowMs() })
  }

  async #dryRollback(book: RunBook, run: string): Promise<object> {
    const { connectors, resources } = this.#options
    return foreseeRollback({ book, connectors, openUndo: resources.openUndo }, run, this.#asking.signal)
  }

  #letters(connectors: readonly Connector[]): DeadLetters {
    const { resources, config } = this.#options
    const { log, codecs } = resources
    const by = { database: config.database, connectors, clock: this.#clock, signal: this.#asking.signal }
    return new DeadLetters({ log, ...codecs, ...by })
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
      return { ...part, lagRecords: reader === undefined ? null : this.#lag.recordsOf(reader) }
    })
  }

  /** A process that only answers is ready when the log answers it. */
  async #controlReport(): Promise<PartReport> {
    const nowMs = this.#clock.nowMs()
    const isAnswering = await this.#options.resources.log.ends(BOOKMARKS).then(
      () => true,
      () => false,
    )
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
