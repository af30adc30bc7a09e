// The capture of the product, from the job's bookmark until its last row is durable in the log.

import { BOOKMARKS, changeTopic } from '../../../src/core/topic.ts'
import { openAvroCodec } from '../../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../../src/log/avro/avro-records.ts'
import type { Log } from '../../../src/log/log.ts'
import { capture } from '../../../src/pipeline/capture.ts'
import { systemClock } from '../../../src/pipeline/clock.ts'
import { declaredTopics } from '../../../src/pipeline/topics.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import type { Meter } from '../meter.ts'
import { DATABASE, TABLE } from './backlog.ts'
import type { CaptureJob } from './capture-job.ts'

export async function captureInto(log: Log, job: CaptureJob, meter: Meter): Promise<void> {
  const records = new AvroRecords(null)
  const topics = declaredTopics([changeTopic(DATABASE, TABLE)], 1)
  await log.declare(topics)
  await placeBookmark(log, records, job)
  const before = await recordsIn(log)
  await using source = openMysqlSource({ url: job.mysqlUrl, tables: [TABLE], name: job.name })
  const done = new AbortController()
  let rows = 0
  const appended = (fact: { rows: ReadonlyMap<string, number> }) => {
    rows += fact.rows.get(TABLE) ?? 0
    if (rows > 0) meter.done(rows)
    if (rows >= job.rows) done.abort()
  }
  const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
  await capture(
    { source, log, topics, openCodec, records, clock: systemClock, observer: { skipped: () => undefined, appended } },
    { signal: done.signal, progress: () => undefined, retry: (step) => step() },
  )
  const kept = (await recordsIn(log)) - before
  if (kept < job.rows) throw new Error(`the log holds ${kept} records more, not ${job.rows}`)
}

async function placeBookmark(log: Log, records: AvroRecords, { name, bookmark }: CaptureJob): Promise<void> {
  const value = await records.pack('bookmark', { source: name, bookmark, position: '', sourceTimeMs: Date.now() })
  const writer = await log.writer(name)
  await writer.append([{ topic: BOOKMARKS, key: Buffer.from(name), value }])
  await writer.close()
}

async function recordsIn(log: Log): Promise<number> {
  const ends = await log.ends(changeTopic(DATABASE, TABLE))
  return ends.reduce((sum, { offset }) => sum + offset, 0)
}
