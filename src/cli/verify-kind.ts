// What a verification does in this process.

import { connectorTopics, topicDatabase } from '../core/topic.ts'
import { makeHeapForBatches } from '../heap-for-batches.ts'
import type { EventCodec, RecordCodec } from '../log/codec.ts'
import { callOffVerify } from '../pipeline/call-off-verify.ts'
import type { Clock } from '../pipeline/clock.ts'
import { Deliveries } from '../pipeline/deliveries.ts'
import { describeFound } from '../pipeline/describe-found.ts'
import { GapTail } from '../pipeline/gap-tail.ts'
import { markVerified } from '../pipeline/mark-verified.ts'
import { givenName, Mending } from '../pipeline/mending.ts'
import type { Observer } from '../pipeline/observer.ts'
import { Plan, type PlanParts } from '../pipeline/plan.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { RowCheck } from '../pipeline/row-check.ts'
import type { RunKindWork, RunWork } from '../pipeline/run-work.ts'
import { Settling } from '../pipeline/settling.ts'
import { StandingItems } from '../pipeline/standing-items.ts'
import { Verify } from '../pipeline/verify.ts'
import { VerifyPages } from '../pipeline/verify-pages.ts'
import { verifyScope } from '../pipeline/verify-scope.ts'
import type { Resources } from './resources.ts'
import { sinkOf } from './sink-of.ts'

export interface VerifyKindOptions extends Pick<Resources, 'sources' | 'log' | 'shared'> {
  readonly records: RecordCodec
  readonly clock: Clock
  readonly database: string
  readonly codec: EventCodec
  readonly observer: Pick<Observer, 'disputed'>
  readonly deliveredBy: (name: string) => ReadyConnector
  readonly planParts: (ready: ReadyConnector) => PlanParts
}

export function verifyKind(options: VerifyKindOptions): RunKindWork {
  return {
    carryOut: (work) => verify(options, work),
    conclude: async (work, state) => {
      await callOffVerify(options, work, state)
      await markVerified(options, work, state)
    },
  }
}

/** With a sink of its own: live changes do not wait behind its reads. */
async function verify(options: VerifyKindOptions, work: RunWork): Promise<void> {
  const { sources, log, shared, records, clock, database, codec, observer } = options
  const ready = options.deliveredBy(work.order.connector)
  const { name: connector, sync, tables } = ready.connector
  makeHeapForBatches('verify')
  const source = sources.of(ready.connector)
  const sink = await shared.openSink(sinkOf(ready), { onThrottled: () => undefined })
  try {
    const plan = await Plan.open(options.planParts(ready))
    const check = new RowCheck({ plan, sink, clock, venueOf: sync?.venueOf ?? null })
    const topics = connectorTopics(ready.connector, database)
    const deliveries = new Deliveries({ log, records, clock, source: source.name, connector, topics })
    const settling = new Settling({ source, check, deliveries })
    const mending = new Mending({ sink, settling, clock, records, observer, connector: ready.connector })
    const { signal } = work
    const gaps = new GapTail({ log, records, sources: [source.name], signal })
    const of = { connector, database: topicDatabase(ready.connector, database) }
    const about = { log, records, codec, clock, ...of, gaps, run: work.order.id, signal }
    const describe = (found: Parameters<typeof describeFound>[1]) => describeFound(about, found)
    const { scopes, isWhole, venue } = verifyScope(work.order)
    const standing = new StandingItems({ source, ready, sink, tables: Object.keys(tables) })
    const items = isWhole && venue === null ? standing : null
    const tag = `${connector}/${givenName(work.order.id)}`
    const pages = new VerifyPages({ source, check, clock, scopes, items, tag }, work)
    await new Verify({ source, pages, log, records, clock, settling, mending, describe }, work).run()
  } finally {
    await sink.close()
  }
}
