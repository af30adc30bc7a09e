// One run of the demo: the same service that `millrace start` runs, a site that writes into MySQL, and a tally of what
// arrives.

import { setTimeout as delay } from 'node:timers/promises'
import { type Config, type Environment, readConfig } from '../../config.ts'
import { loadConsolePage } from '../../control/console-page.ts'
import { MillraceError } from '../../core/errors.ts'
import { createLogger } from '../../observe/logger.ts'
import { createMetrics, type Metrics } from '../../observe/metrics.ts'
import type { ReadyConnector } from '../../pipeline/ready-connector.ts'
import { loadConnectors } from '../load-connectors.ts'
import { openResources } from '../resources.ts'
import { Service } from '../service.ts'
import type { System } from '../system.ts'
import { countComments } from './count-comments.ts'
import { LegacySite } from './legacy-site.ts'
import type { Summary } from './presenter.ts'
import type { SceneryOptions } from './scenery.ts'
import { type Followed, Tally } from './tally.ts'
import { watchedSink } from './watched-sink.ts'

export interface DemoRunOptions {
  readonly system: System
  /** With the demo's servers in it. */
  readonly env: Environment
  /** As whom the site writes into MySQL. */
  readonly siteUrl: string
  readonly onArrived: (followed: Followed) => void
}

interface Opened {
  readonly config: Config
  readonly connector: ReadyConnector
  readonly site: LegacySite
  readonly service: Service
  readonly address: string
  /** Rejects with what has to end the demo. */
  readonly failure: Promise<never>
}

const VISITS_PER_SECOND = 4
const ARRIVAL_MS_MAX = 10_000
const POLL_MS = 20

export class DemoRun implements AsyncDisposable {
  readonly tally = new Tally()
  readonly metrics: Metrics = createMetrics()
  readonly #options: DemoRunOptions
  readonly #resources = new AsyncDisposableStack()
  readonly #ending = new AbortController()
  #opened: Opened | null = null

  constructor(options: DemoRunOptions) {
    this.#options = options
  }

  get address(): string {
    return this.#open.address
  }

  get failure(): Promise<never> {
    return this.#open.failure
  }

  get places(): SceneryOptions['places'] {
    const { config, connector } = this.#open
    const log = config.log.kind === 'file' ? 'one SQLite file' : 'Kafka'
    const [table = ''] = Object.keys(connector.targets)
    return { source: new URL(config.mysqlUrl).host, log, target: table }
  }

  /** Makes the tables on both sides and starts the service; nothing has flowed yet. */
  async open(): Promise<void> {
    const { env, siteUrl } = this.#options
    const system = this.#watched(this.#options.system)
    const connectors = await loadConnectors({ where: '', packaged: system.packagedConnectors, env })
    const connector = connectors.find((one) => one.connector.name === 'feedback')
    if (connector === undefined) throw new Error('the package has no connector named feedback')
    const config = readConfig(
      env,
      connectors.map((one) => one.connector),
    )
    const site = await LegacySite.open(siteUrl, Math.random)
    this.#resources.defer(() => site.close())
    await system.createTargets(config, connector.targets)
    const resources = this.#resources.use(
      await openResources({ system, config, connectors: [connector], role: 'all', metrics: this.metrics }),
    )
    const logger = createLogger({ level: config.logLevel, secrets: config.secrets })
    const service = new Service({
      version: system.version,
      config,
      connectors: [connector],
      role: 'all',
      resources,
      logger,
      metrics: this.metrics,
      page: await loadConsolePage(system.consolePage),
    })
    this.#resources.use(service.control)
    const address = await service.control.listen()
    const running = service.run(this.#ending.signal)
    const failure = new Promise<never>((_, reject) => running.catch(reject))
    failure.catch(() => undefined)
    this.#opened = { config, connector, site, service, address, failure }
    this.#resources.defer(() => {
      this.#ending.abort()
      return running.catch(() => undefined)
    })
  }

  /** Guests come and write, at irregular moments, until the signal aborts. */
  async play(signal: AbortSignal): Promise<void> {
    const { site } = this.#open
    while (!signal.aborted && !(await this.#isReady())) await pause(POLL_MS, signal)
    if (!signal.aborted) await site.addVenues()
    while (!signal.aborted) {
      const followed = this.tally.wrote(await site.visit(() => performance.now()))
      if (followed !== null) this.#options.onArrived(followed)
      await pause((-Math.log(1 - Math.random()) * 1000) / VISITS_PER_SECOND, signal)
    }
  }

  async #isReady(): Promise<boolean> {
    const { ready, why, parts } = await this.#open.service.readiness()
    if (parts.some((part) => part.state === 'stopped')) throw new MillraceError('START_REFUSED', why.join('\n'))
    return ready
  }

  /** Waits for what is on its way, then counts both sides anew. */
  async summary(): Promise<Summary> {
    const deadlineMs = performance.now() + ARRIVAL_MS_MAX
    while (this.tally.arrived < this.tally.written && performance.now() < deadlineMs) await delay(POLL_MS)
    const { config, connector, site } = this.#open
    const [table = ''] = Object.keys(connector.targets)
    const { latency, written, arrived } = this.tally
    return {
      written,
      arrived,
      inMysql: await site.comments(),
      inDynamodb: await countComments(config, table),
      latencyMs: latency === null ? null : { p50: latency.p50Ms, p99: latency.p99Ms },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }

  get #open(): Opened {
    if (this.#opened === null) throw new Error('the demo has not been opened')
    return this.#opened
  }

  /** The same system, but what the sinks acknowledge is heard here as well. */
  #watched(system: System): System {
    const hear = (arrival: Parameters<Tally['heard']>[0]) => {
      const followed = this.tally.heard(arrival, performance.now())
      if (followed !== null) this.#options.onArrived(followed)
    }
    const openShared: System['openShared'] = async (config, sharedHeard) => {
      const shared = await system.openShared(config, sharedHeard)
      return { ...shared, openSink: async (asked, heard) => watchedSink(await shared.openSink(asked, heard), hear) }
    }
    return { ...system, openShared }
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return delay(delayMs, undefined, { signal }).catch(() => undefined)
}
