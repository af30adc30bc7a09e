// The parts a process runs, by its role: capture, and one deliver for each connector.

import type { Config } from '../config.ts'
import type { Connector } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import { makeHeapForBatches, type RoomKind } from '../heap-for-batches.ts'
import { besideCanary } from '../pipeline/beside-canary.ts'
import { capture } from '../pipeline/capture.ts'
import { captureSlices } from '../pipeline/capture-slices.ts'
import type { Clock } from '../pipeline/clock.ts'
import { deliver } from '../pipeline/deliver.ts'
import { keepDeclared } from '../pipeline/keep-declared.ts'
import { LookupCache } from '../pipeline/lookup-cache.ts'
import type { Observer } from '../pipeline/observer.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { repairItems } from '../pipeline/repair-items.ts'
import type { RunDesk } from '../pipeline/run-desk.ts'
import { carryOutRuns } from '../pipeline/runs.ts'
import { skipGap } from '../pipeline/skip-gap.ts'
import type { Attempt } from '../pipeline/supervisor.ts'
import { declaredTopics } from '../pipeline/topics.ts'
import type { Sink } from '../sink/sink.ts'
import type { SetBack } from '../source/source.ts'
import { changeTopics } from './change-topics.ts'
import { deliveredOf } from './delivered-of.ts'
import { type Cache, planParts } from './plan-parts.ts'
import type { Resources } from './resources.ts'
import { runKinds } from './run-kinds.ts'
import { scheduledImports } from './scheduled-imports.ts'
import type { ServiceRole } from './service-role.ts'
import { followedTables } from './source-tables.ts'

export interface Part {
  readonly name: string
  readonly work: (attempt: Attempt) => Promise<void>
}

export interface PartsOptions {
  readonly config: Config
  readonly role: ServiceRole
  readonly connectors: readonly ReadyConnector[]
  readonly resources: Resources
  readonly desk: RunDesk
  readonly observer: Observer
  readonly clock: Clock
  /** A person gives up what the source cannot send any more. */
  readonly skipsGap?: boolean
}

export const RUNNING = 'runs'

export function capturePart(side: Side): string {
  return side === 'mysql' ? 'capture' : `capture ${side}`
}

export function deliverPart(connector: string): string {
  return `deliver ${connector}`
}

const LOOKUP_BYTES_MAX = 32 * 1024 * 1024
/** Fewer fit into what live changes have. */
const BATCH_RECORDS = 200
const PARTITIONS = { file: 1, kafka: 6 } as const

export function partitionsOf({ partitions, log }: Config): number {
  return partitions ?? PARTITIONS[log.kind]
}

export function partsOf(options: PartsOptions): readonly Part[] {
  const { role, connectors, resources, config, desk, observer, clock, skipsGap = false } = options
  const { sources, log, codecs, shared, sinks, canaries } = resources
  const whole = connectors.map((ready) => deliveredOf(config, ready))
  const topics = declaredTopics(changeTopics(whole, config.database), partitionsOf(config))
  const common = { log, topics, ...codecs, clock, observer }
  const cache: Cache = { memory: new LookupCache(LOOKUP_BYTES_MAX), shared: shared.cache }
  const planning = { sources, codecs, observer }
  const deliverTo = (ready: ReadyConnector, sink: Sink): Part => {
    const planned = planParts(planning, ready, cache)
    const room = roomOf(ready.connector)
    const told = room === null ? observer : withRoom(observer, room)
    const parts = { ...common, ...planned, database: config.database, sink, observer: told }
    return { name: deliverPart(ready.connector.name), work: (attempt) => deliver(parts, attempt) }
  }
  const capturing = [...sources].flatMap(([side, source]): readonly Part[] => {
    const tables = followedTables(connectors, side)
    if (tables.length === 0) return []
    const repair = (items: readonly SetBack[]) => repairItems({ desk, connectors }, items)
    const captured = { ...common, source, tables, repair }
    const canary = canaries.get(side)
    const singing = { canary, source: source.name, clock, observer }
    const beside = (work: Part['work']) => besideCanary(singing, work)
    const work =
      source.slicing === undefined
        ? beside((attempt) => capture(captured, attempt))
        : captureSlices({ ...captured, beside })
    return [{ name: capturePart(side), work: skipsGap ? skipGap(captured, work) : work }]
  })
  const isCapturing = role === 'all' || role === 'capture'
  const delivering = [...sinks].map(([ready, sink]) => deliverTo(deliveredOf(config, ready), sink))
  const runs = {
    openCodec: () => codecs.openCodec('runs'),
    kinds: runKinds({ ...options, planParts: (ready) => planParts(planning, ready) }),
    scheduled: scheduledImports({ desk, config, connectors: [...sinks.keys()] }),
  }
  const answering: Part = { name: 'log', work: (attempt) => keepDeclared({ log, topics }, attempt) }
  if (role === 'control') return [answering]
  const running: Part = { name: RUNNING, work: (attempt) => carryOutRuns({ ...common, ...runs }, attempt) }
  return [...(isCapturing ? capturing : []), ...delivering, ...(delivering.length > 0 ? [running] : [])]
}

/** Answers of an API are large beside their rows, and so is what they leave in memory: those get no more room. */
function roomOf({ source, tables }: Connector): RoomKind | null {
  if (source !== 'import') return source === 'dynamodb' ? 'merge' : null
  const isOfFiles = Object.values(tables).some(({ importedFrom }) => importedFrom?.includes('csv') ?? true)
  return isOfFiles ? 'import' : null
}

/** Once batches come: another process may read the file, or the stream, whose rows these are. */
function withRoom(observer: Observer, room: RoomKind): Pick<Observer, 'arrived' | 'delivered' | 'shared'> {
  return {
    arrived: (fact) => observer.arrived(fact),
    shared: (fact) => observer.shared(fact),
    delivered: (fact) => {
      if (fact.records >= BATCH_RECORDS) makeHeapForBatches(room)
      observer.delivered(fact)
    },
  }
}
