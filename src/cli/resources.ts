// Everything a running process holds open; closed together, last opened first.

import type { Config } from '../config.ts'
import { SIDES, type Side } from '../core/contested.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { systemClock } from '../pipeline/clock.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { Canary } from '../sink/canary.ts'
import type { Sink } from '../sink/sink.ts'
import { beginCounts } from './begin-counts.ts'
import { canaryOf, deliveredOf } from './delivered-of.ts'
import { type Imports, importsOf } from './imports.ts'
import { openCanary } from './open-canary.ts'
import type { ServiceRole } from './service-role.ts'
import { sinkOf } from './sink-of.ts'
import { Sources } from './sources.ts'
import type { Codecs, Shared, System } from './system.ts'

export interface Resources extends AsyncDisposable {
  readonly log: Log
  readonly codecs: Codecs
  readonly sources: Sources
  readonly shared: Shared
  readonly imports: Imports
  /** Makes the tables that connectors bring along, or takes them back; the names of what was carried out. */
  readonly migrate: (direction: 'up' | 'down') => Promise<readonly string[]>
  /** Of the sources that this process captures. */
  readonly canaries: ReadonlyMap<Side, Canary>
  /** Of the connectors that this process delivers for. */
  readonly sinks: ReadonlyMap<ReadyConnector, Sink>
}

export interface ResourcesOptions {
  readonly system: System
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  readonly role: ServiceRole
  readonly metrics: Metrics
}

export async function openResources(options: ResourcesOptions): Promise<Resources> {
  const { system, config, connectors, role, metrics } = options
  const whole = connectors.map((ready) => deliveredOf(config, ready))
  await using opened = new AsyncDisposableStack()
  const log = await system.openLog(config)
  opened.defer(() => log.close())
  const shared = opened.use(await system.openShared(config, { onCacheFailure: () => metrics.cacheFailures.inc() }))
  const codecs = await system.openCodecs(config, log)
  const sources = opened.use(await Sources.open({ system, config, connectors: whole, log, records: codecs.records }))
  beginCounts(metrics, { sources, connectors, database: config.database })
  const sinks = new Map<ReadyConnector, Sink>()
  for (const ready of role === 'all' || role === 'deliver' ? connectors : []) {
    const heard = { onThrottled: () => metrics.sinkThrottles.inc({ connector: ready.connector.name }) }
    const sink = await shared.openSink(sinkOf(deliveredOf(config, ready)), heard)
    opened.defer(() => sink.close())
    sinks.set(ready, sink)
    const side = config.canary ? canaryOf(ready) : null
    const source = side === null ? undefined : sources.names.get(side)
    const { name: connector } = ready.connector
    if (source !== undefined) metrics.canarySeen.set({ connector, source }, systemClock.nowMs() / 1000)
  }
  const canaries = new Map<Side, Canary>()
  for (const side of role === 'all' || role === 'capture' ? SIDES : []) {
    const canary = await openCanary(options, side)
    opened.defer(() => canary?.close())
    if (canary !== null) canaries.set(side, canary)
  }
  const imports = opened.use(await importsOf({ system, config, connectors, delivered: [...sinks.keys()] }))
  const all = opened.move()
  const migrations = connectors.flatMap(({ connector }) => connector.migrations ?? [])
  const migrate = (direction: 'up' | 'down') => system.migrate(config, { migrations, direction })
  return {
    log,
    codecs,
    sources,
    shared,
    sinks,
    imports,
    migrate,
    canaries,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
