// Everything a running process holds open; closed together, last opened first.

import type { Config } from '../config.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { Sink } from '../sink/sink.ts'
import { openSource } from './open-source.ts'
import type { ServiceRole } from './service-role.ts'
import type { Codecs, Shared, Source, System } from './system.ts'

export interface Resources extends AsyncDisposable {
  readonly log: Log
  readonly codecs: Codecs
  readonly source: Source
  readonly shared: Shared
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
  await using opened = new AsyncDisposableStack()
  const log = await system.openLog(config)
  opened.defer(() => log.close())
  const shared = opened.use(await system.openShared(config))
  const codecs = await system.openCodecs(config, log)
  const tables = followedTables(connectors)
  const source = opened.use(await openSource({ system, config, tables, log, records: codecs.records }))
  // From 0 on: a rise is seen only of a counter that was there before.
  for (const table of tables) metrics.gaps.inc({ source: source.name, table }, 0)
  const sinks = new Map<ReadyConnector, Sink>()
  for (const ready of role === 'all' || role === 'deliver' ? connectors : []) {
    const heard = { onThrottled: () => metrics.sinkThrottles.inc({ connector: ready.connector.name }) }
    const sink = await shared.openSink(ready.targets, heard)
    opened.defer(() => sink.close())
    sinks.set(ready, sink)
  }
  const all = opened.move()
  return { log, codecs, source, shared, sinks, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** Every table whose changes a connector follows. */
export function followedTables(connectors: readonly ReadyConnector[]): readonly string[] {
  return [...new Set(connectors.flatMap(({ connector }) => Object.keys(connector.tables)))]
}

/** Every table that a connector follows or looks rows up in. */
export function sourceTables(connectors: readonly ReadyConnector[]): readonly string[] {
  const flows = connectors.flatMap(({ connector }) => Object.values(connector.tables))
  const lookups = flows.flatMap((flow) => Object.values(flow.lookups ?? {}).map((lookup) => lookup.table))
  return [...new Set([...followedTables(connectors), ...lookups])]
}
