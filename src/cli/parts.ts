// The parts a process runs, by its role: capture, and one deliver for each connector.

import type { Config } from '../config.ts'
import { capture } from '../pipeline/capture.ts'
import type { Clock } from '../pipeline/clock.ts'
import { deliver } from '../pipeline/deliver.ts'
import { LookupCache } from '../pipeline/lookup-cache.ts'
import type { Observer } from '../pipeline/observer.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { carryOutRuns } from '../pipeline/runs.ts'
import { skipGap } from '../pipeline/skip-gap.ts'
import type { Attempt } from '../pipeline/supervisor.ts'
import { declaredTopics } from '../pipeline/topics.ts'
import type { Sink } from '../sink/sink.ts'
import { type Cache, planParts } from './plan-parts.ts'
import { followedTables, type Resources } from './resources.ts'
import { runKinds } from './run-kinds.ts'
import type { ServiceRole } from './service-role.ts'

export interface Part {
  readonly name: string
  readonly work: (attempt: Attempt) => Promise<void>
}

export interface PartsOptions {
  readonly config: Config
  readonly role: ServiceRole
  readonly connectors: readonly ReadyConnector[]
  readonly resources: Resources
  readonly observer: Observer
  readonly clock: Clock
  /** A person gives up what the source cannot send any more. */
  readonly skipsGap?: boolean
}

export const CAPTURE = 'capture'
export const RUNNING = 'runs'

export function deliverPart(connector: string): string {
  return `deliver ${connector}`
}

const LOOKUP_BYTES_MAX = 32 * 1024 * 1024
const PARTITIONS = { file: 1, kafka: 6 } as const

export function partitionsOf({ partitions, log }: Config): number {
  return partitions ?? PARTITIONS[log.kind]
}

export function partsOf(options: PartsOptions): readonly Part[] {
  const { role, connectors, resources, config, observer, clock, skipsGap = false } = options
  const { source, log, codecs, shared, sinks } = resources
  const tables = followedTables(connectors)
  const topics = declaredTopics(config.database, tables, partitionsOf(config))
  const common = { log, topics, ...codecs, clock, observer }
  const cache: Cache = { memory: new LookupCache(LOOKUP_BYTES_MAX), shared: shared.cache }
  const planning = { source, codecs, observer }
  const deliverTo = (ready: ReadyConnector, sink: Sink): Part => {
    const parts = { ...common, ...planParts(planning, ready, cache), database: config.database, sink }
    return { name: deliverPart(ready.connector.name), work: (attempt) => deliver(parts, attempt) }
  }
  const captured = { ...common, source, tables }
  const work = skipsGap ? skipGap(captured) : (attempt: Attempt) => capture(captured, attempt)
  const capturing: Part = { name: CAPTURE, work }
  const isCapturing = role === 'all' || role === 'capture'
  const delivering = [...sinks].map(([ready, sink]) => deliverTo(ready, sink))
  const runs = {
    openCodec: () => codecs.openCodec('runs'),
    kinds: runKinds({ ...options, planParts: (ready) => planParts(planning, ready) }),
  }
  const running: Part = { name: RUNNING, work: (attempt) => carryOutRuns({ ...common, ...runs }, attempt) }
  return [...(isCapturing ? [capturing] : []), ...delivering, ...(delivering.length > 0 ? [running] : [])]
}
