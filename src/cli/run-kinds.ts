// What each kind of run does in this process, with the connectors it delivers for.

import type { Config } from '../config.ts'
import type { EventCodec } from '../log/codec.ts'
import { backfill } from '../pipeline/backfill.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { Observer } from '../pipeline/observer.ts'
import { Plan, type PlanParts } from '../pipeline/plan.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { repairKind } from '../pipeline/repair.ts'
import { replay } from '../pipeline/replay.ts'
import { ReplayFilter } from '../pipeline/replay-filter.ts'
import { resolve } from '../pipeline/resolve.ts'
import { retry } from '../pipeline/retry.ts'
import type { RunWork } from '../pipeline/run-work.ts'
import type { RunsOptions } from '../pipeline/runs.ts'
import { syncKind } from '../pipeline/sync.ts'
import type { SyncTarget } from '../pipeline/sync-status.ts'
import { isSynced } from '../pipeline/venues.ts'
import type { Sink } from '../sink/sink.ts'
import { importKinds } from './import-kinds.ts'
import { notHere } from './not-here.ts'
import type { Resources } from './resources.ts'
import { sinkOf } from './sink-of.ts'
import { verifyKind } from './verify-kind.ts'

export interface RunKindsOptions {
  readonly config: Config
  readonly resources: Resources
  readonly clock: Clock
  readonly observer: Pick<Observer, 'checked' | 'disputed' | 'imported'>
  /** With a cache of its own. */
  readonly planParts: (ready: ReadyConnector) => PlanParts
}

export function runKinds({ config, resources, clock, observer, planParts }: RunKindsOptions): RunsOptions['kinds'] {
  const { sources, log, codecs, shared, sinks } = resources
  const { records } = codecs
  const { database } = config
  const deliveredBy = (name: string): ReadyConnector => {
    const found = [...sinks.keys()].find(({ connector }) => connector.name === name)
    if (found === undefined) throw notHere(name)
    return found
  }
  const sourceOf = (work: RunWork) => sources.of(deliveredBy(work.order.connector).connector)
  const replayed = async (work: RunWork) => {
    const ready = deliveredBy(work.order.connector)
    const openSink = async (into: string | null) => {
      const [target] = Object.values(ready.targets)
      const targets = into === null || target === undefined ? ready.targets : { [into]: target }
      return shared.openSink({ ...sinkOf(ready), targets }, { onThrottled: () => undefined })
    }
    const plan = await Plan.open(planParts(ready))
    const filter = new ReplayFilter(ready.connector, sources.lookupOf(ready.connector))
    await replay({ log, records, clock, observer, ready, plan, filter, openSink }, work)
  }
  const targets = [...sinks].map(([ready, sink]) => {
    return { connector: ready.connector, sink, openPlan: () => Plan.open(planParts(ready)) }
  })
  const repaired = [...sinks].map(([ready, sink]) => ({ ...ready, sink }))
  const retried = retry({ database, log, records, clock, observer, targets })
  return (codec: EventCodec) => ({
    backfill: {
      carryOut: async (work: RunWork) => {
        await backfill({ source: sourceOf(work), codec, clock }, work)
      },
    },
    sync: syncKind({ source: sources.mysql, codec, clock, records, targets: syncTargets(sinks) }),
    repair: repairKind({ sourceOf, codec, clock, records, log, database, targets: repaired }),
    replay: { carryOut: replayed },
    ...importKinds({ config, resources, clock, observer }, codec),
    verify: verifyKind({ ...resources, records, clock, observer, database, codec, deliveredBy, planParts }),
    retry: { carryOut: retried },
    resolve: { carryOut: (work) => resolve({ log, records, sinkOf: (name) => sinkNamed(sinks, name) }, work) },
  })
}

function sinkNamed(sinks: Resources['sinks'], name: string): Sink {
  const [, sink] = [...sinks].find(([{ connector }]) => connector.name === name) ?? []
  if (sink === undefined) throw notHere(name)
  return sink
}

function syncTargets(sinks: Resources['sinks']): ReadonlyMap<string, SyncTarget> {
  return new Map(
    [...sinks].flatMap(([{ connector, settings }, sink]) =>
      isSynced(connector) ? [[connector.name, { connector, settings, sink }] as const] : [],
    ),
  )
}
