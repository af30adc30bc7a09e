// A verification of rows whose items are equal.

import { makeHeapForBatches } from '../../../src/heap-for-batches.ts'
import { Deliveries } from '../../../src/pipeline/deliveries.ts'
import { describeFound } from '../../../src/pipeline/describe-found.ts'
import { GapTail } from '../../../src/pipeline/gap-tail.ts'
import { LookupCache } from '../../../src/pipeline/lookup-cache.ts'
import { Lookups } from '../../../src/pipeline/lookups.ts'
import { Mending } from '../../../src/pipeline/mending.ts'
import { Plan } from '../../../src/pipeline/plan.ts'
import { RowCheck } from '../../../src/pipeline/row-check.ts'
import type { RunWork } from '../../../src/pipeline/run-work.ts'
import { Settling } from '../../../src/pipeline/settling.ts'
import { Verify } from '../../../src/pipeline/verify.ts'
import { VerifyPages } from '../../../src/pipeline/verify-pages.ts'
import { openDynamodbSink } from '../../../src/sink/dynamodb/dynamodb-sink.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { contend } from '../contender.ts'
import { carryOut, openParts } from './carry-out.ts'
import { metered } from './metered.ts'
import { DATABASE, TABLE } from './rows.ts'
import type { RunsJob } from './runs-job.ts'

contend<RunsJob>(async (job, meter) => {
  const parts = await openParts(job)
  makeHeapForBatches('verify')
  const { log, records, clock, connector, topic, ready, openCodec } = parts
  await using source = openMysqlSource({ url: job.mysqlUrl, tables: [TABLE] })
  const { endpoint } = job
  const sink = metered(await openDynamodbSink({ endpoint, targets: ready.targets }), meter)
  const memory = new LookupCache(0)
  const observer = { lookedUp: () => undefined, disputed: () => undefined }
  const lookups = new Lookups({ connector, source: source.name, lookup: source, memory, shared: null, observer })
  const plan = await Plan.open({ ready, openCodec, lookups, source })
  const scopes = [{ table: TABLE, from: null, to: null, filters: [] }]
  const verify = async (work: RunWork, codec: Awaited<ReturnType<typeof openCodec>>) => {
    const check = new RowCheck({ plan, sink, clock, venueOf: null })
    const deliveries = new Deliveries({ log, records, clock, source: source.name, connector, topics: [topic] })
    const settling = new Settling({ source, check, deliveries })
    const mending = new Mending({ sink, settling, clock, records, observer, connector: ready.connector })
    const { signal } = work
    const gaps = new GapTail({ log, records, sources: [source.name], signal })
    const about = { log, records, codec, clock, database: DATABASE, connector, gaps, run: work.order.id, signal }
    const pages = new VerifyPages({ source, check, clock, scopes, items: null, tag: connector }, work)
    const describe: ConstructorParameters<typeof Verify>[0]['describe'] = (found) => describeFound(about, found)
    await new Verify({ source, pages, log, records, clock, settling, mending, describe }, work).run()
    const { exists } = await work.tally()
    if (exists !== job.rows) throw new Error(`${exists} of ${job.rows} rows were found equal`)
  }
  await carryOut(parts, {
    kind: 'verify',
    scope: { scopes, venue: null, isWhole: true, repairs: false },
    work: (codec) => ({ carryOut: (work) => verify(work, codec) }),
  })
})
