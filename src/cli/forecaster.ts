// Makes forecasts for runs with a sink and caches of their own, which live no longer than the question.

import type { RepairScope } from '../core/gap.ts'
import type { Order } from '../core/run.ts'
import { syncScope } from '../core/sync.ts'
import type { Clock } from '../pipeline/clock.ts'
import { dryImport } from '../pipeline/dry-import.ts'
import { dryResolve } from '../pipeline/dry-resolve.ts'
import { dryRetry } from '../pipeline/dry-retry.ts'
import { dryBackfill, dryReplay, type Forecast } from '../pipeline/dry-run.ts'
import { Plan } from '../pipeline/plan.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { copiedScopes } from '../pipeline/repair.ts'
import type { ReplayScope } from '../pipeline/replay-scope.ts'
import { RunBook } from '../pipeline/run-book.ts'
import { planSync } from '../pipeline/sync-plan.ts'
import { isSynced, Venues } from '../pipeline/venues.ts'
import type { RowScope } from '../source/source.ts'
import { planParts } from './plan-parts.ts'
import type { Resources } from './resources.ts'
import { sinkOf } from './sink-of.ts'

type Asked = Pick<Order, 'kind' | 'connector' | 'scope' | 'limits'>

export type Forecaster = (order: Asked, signal: AbortSignal) => Promise<Forecast>

export interface ForecasterOptions {
  readonly resources: Omit<Resources, 'sinks' | typeof Symbol.asyncDispose>
  readonly connectors: readonly ReadyConnector[]
  /** The source's, which names the topics. */
  readonly database: string
  readonly clock: Clock
}

export function forecaster(options: ForecasterOptions): Forecaster {
  const { resources, connectors, database, clock } = options
  const { sources, log, codecs, shared } = resources
  return async (asked, signal) => {
    const { connector } = asked
    const ready = connectors.find((one) => one.connector.name === connector)
    if (ready === undefined) throw new RangeError(`there is no connector ${connector}`)
    const sink = await shared.openSink(sinkOf(ready), { onThrottled: () => undefined })
    try {
      const codec = await codecs.openCodec('runs')
      const parts = planParts({ sources, codecs, observer: { lookedUp: () => undefined } }, ready)
      // What it encodes only this codec knows how to read.
      const plan = await Plan.open({ ...parts, openCodec: async () => codec })
      const held = { log, codec, plan, sink, clock }
      if (asked.kind === 'import')
        return await dryImport({ ...held, connectors, open: resources.imports.openSource }, asked, signal)
      if (asked.kind === 'replay') {
        const scope = JSON.parse(asked.scope) as ReplayScope
        return await dryReplay({ ...held, connector }, { ...scope, limits: asked.limits }, signal)
      }
      if (asked.kind === 'retry') {
        const { records } = codecs
        return await dryRetry({ ...held, log, records, database, connector: ready.connector }, asked.scope, signal)
      }
      if (asked.kind === 'resolve')
        return await dryResolve({ log, records: codecs.records, sink, clock }, asked, signal)
      const scopes = await scopesOf(options, { ready, asked }, signal)
      const source = sources.of(ready.connector)
      return await dryBackfill({ ...held, source, connector }, { scopes, limits: asked.limits }, signal)
    } finally {
      await sink.close()
    }
  }
}

/** Of a sync those that it would begin with now. */
async function scopesOf(
  { resources }: ForecasterOptions,
  { ready, asked }: { readonly ready: ReadyConnector; readonly asked: Asked },
  signal: AbortSignal,
): Promise<readonly RowScope[]> {
  const { sources, log, codecs } = resources
  const { connector } = ready
  if (asked.kind === 'repair') return copiedScopes(JSON.parse(asked.scope) as RepairScope)
  if (asked.kind !== 'sync') return JSON.parse(asked.scope) as readonly RowScope[]
  if (!isSynced(connector)) throw new RangeError(`the connector ${connector.name} has no venues`)
  const book = new RunBook({ log, records: codecs.records, signal })
  await book.refresh()
  return planSync(
    { connector, venues: new Venues(sources.of(connector), connector), book },
    syncScope(asked).venue,
    signal,
  )
}
