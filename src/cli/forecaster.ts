// Makes forecasts for runs with a sink and caches of their own, which live no longer than the question.

import type { RepairScope } from '../core/gap.ts'
import type { Order } from '../core/run.ts'
import type { Clock } from '../pipeline/clock.ts'
import { dryBackfill, dryReplay, type Forecast } from '../pipeline/dry-run.ts'
import { LookupCache } from '../pipeline/lookup-cache.ts'
import { Lookups } from '../pipeline/lookups.ts'
import { Plan } from '../pipeline/plan.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { copiedScopes } from '../pipeline/repair.ts'
import type { ReplayScope } from '../pipeline/replay-scope.ts'
import type { RowScope } from '../source/source.ts'
import type { Resources } from './resources.ts'

export type Forecaster = (
  order: Pick<Order, 'kind' | 'connector' | 'scope' | 'limits'>,
  signal: AbortSignal,
) => Promise<Forecast>

const CACHE_BYTES_MAX = 4 * 1024 * 1024

export interface ForecasterOptions {
  readonly resources: Omit<Resources, 'sinks' | typeof Symbol.asyncDispose>
  readonly connectors: readonly ReadyConnector[]
  readonly clock: Clock
}

export function forecaster({ resources, connectors, clock }: ForecasterOptions): Forecaster {
  const { source, log, codecs, shared } = resources
  return async ({ kind, connector, scope, limits }, signal) => {
    const ready = connectors.find((one) => one.connector.name === connector)
    if (ready === undefined) throw new RangeError(`there is no connector ${connector}`)
    const sink = await shared.openSink(ready.targets, { onThrottled: () => undefined })
    try {
      const codec = await codecs.openCodec('runs')
      const memory = new LookupCache(CACHE_BYTES_MAX)
      const observer = { lookedUp: () => undefined }
      const lookups = new Lookups({ connector, source: source.name, lookup: source, memory, shared: null, observer })
      const plan = await Plan.open({ ready, openCodec: async () => codec, lookups, source })
      const options = { source, log, codec, plan, sink, clock, connector }
      const asked: unknown = JSON.parse(scope)
      if (kind === 'replay') return await dryReplay(options, { ...(asked as ReplayScope), limits }, signal)
      const scopes = kind === 'repair' ? copiedScopes(asked as RepairScope) : (asked as readonly RowScope[])
      return await dryBackfill(options, { scopes, limits }, signal)
    } finally {
      await sink.close()
    }
  }
}
