// All of the way back, as one process goes it: captured into a SQLite log and delivered from there to MySQL at once.

import { join } from 'node:path'
import replies from '../../../connectors/feedback-replies.ts'
import { connectorTopics } from '../../../src/core/topic.ts'
import { makeHeapForBatches } from '../../../src/heap-for-batches.ts'
import { openAvroCodec } from '../../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../../src/log/avro/avro-records.ts'
import { openSqliteLog } from '../../../src/log/sqlite/sqlite-log.ts'
import { bookmarkRecord } from '../../../src/pipeline/bookmark-record.ts'
import { capture } from '../../../src/pipeline/capture.ts'
import { systemClock } from '../../../src/pipeline/clock.ts'
import { type DeliverOptions, deliver } from '../../../src/pipeline/deliver.ts'
import { LookupCache } from '../../../src/pipeline/lookup-cache.ts'
import { Lookups } from '../../../src/pipeline/lookups.ts'
import { declaredTopics } from '../../../src/pipeline/topics.ts'
import { openMysqlSink } from '../../../src/sink/mysql/mysql-sink.ts'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { contend } from '../contender.ts'
import type { Meter } from '../meter.ts'
import { RESPONSES } from './responses.ts'
import { type LineJob, PASSES, type Pass } from './stream-job.ts'

/** As many as a file has where nothing else is said. */
const PARTITIONS = 1
const DATABASE = 'app'

contend<LineJob>(async (job, meter) => {
  makeHeapForBatches('merge')
  for (const pass of PASSES) await drain(job, pass, meter)
})

async function drain(job: LineJob, pass: Pass, meter: Meter): Promise<void> {
  const { endpoint, bookmark, records: count, folder } = job
  const records = new AvroRecords(null)
  const topics = declaredTopics(connectorTopics(replies, DATABASE), PARTITIONS)
  const log = await openSqliteLog({ path: join(folder, `${pass}.db`) })
  await using source = await openDynamodbSource({ endpoint, region: 'eu-central-1', tables: [RESPONSES] })
  await log.declare(topics)
  const writer = await log.writer(source.name)
  const before = { events: [], bookmark, position: '', sourceTimeMs: Date.now() }
  await writer.append([await bookmarkRecord(records, source.name, before)])
  await writer.close()
  const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
  const targets = replies.targets({})
  const sink = await openMysqlSink({ url: job.mysqlUrls[pass], targets })
  const done = new AbortController()
  const attempt = {
    signal: done.signal,
    progress: () => undefined,
    retry: <Value>(step: () => Promise<Value>) => step(),
  }
  const shared = { log, topics, records, openCodec, clock: systemClock }
  let delivered = 0
  const observer: DeliverOptions['observer'] = {
    shared: () => undefined,
    arrived: () => undefined,
    delivered: (fact) => {
      if (fact.dead > 0) throw new Error('a response was not delivered')
      delivered += fact.records
      if (pass === 'counts') meter.done(delivered)
      if (delivered >= count) done.abort()
    },
  }
  const captured = (fact: { readonly rows: ReadonlyMap<string, number> }) => {
    if (pass === 'counts' && delivered === 0 && fact.rows.size > 0) meter.done(0)
  }
  const capturing = capture({ ...shared, source, observer: { skipped: () => undefined, appended: captured } }, attempt)
  const lookups = new Lookups({
    ...{ connector: replies.name, source: source.name, lookup: source, memory: new LookupCache(0), shared: null },
    observer: { lookedUp: () => undefined },
  })
  const ready = { connector: replies, settings: { TIME_ZONE: 'UTC' }, targets }
  const delivering = deliver({ ...shared, ready, database: DATABASE, lookups, source, sink, observer }, attempt)
  await Promise.all([capturing, delivering])
  await sink.close()
  await log.close()
}
