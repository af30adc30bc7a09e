// One run of the product, ordered and carried out in this process, with the parts that its kind needs.

import { NO_LIMITS, type RunKind } from '../../../src/core/run.ts'
import { changeTopic } from '../../../src/core/topic.ts'
import { openAvroCodec } from '../../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../../src/log/avro/avro-records.ts'
import type { EventCodec } from '../../../src/log/codec.ts'
import type { Log } from '../../../src/log/log.ts'
import { openSqliteLog } from '../../../src/log/sqlite/sqlite-log.ts'
import { systemClock } from '../../../src/pipeline/clock.ts'
import type { ReadyConnector } from '../../../src/pipeline/ready-connector.ts'
import { RunBook } from '../../../src/pipeline/run-book.ts'
import { RunDesk } from '../../../src/pipeline/run-desk.ts'
import type { RunKindWork } from '../../../src/pipeline/run-work.ts'
import { carryOutRuns } from '../../../src/pipeline/runs.ts'
import { declaredTopics } from '../../../src/pipeline/topics.ts'
import { connectorOf } from '../apply/delivery.ts'
import { KEYS, OWNS } from '../apply/items.ts'
import { DATABASE, TABLE } from './rows.ts'
import type { RunsJob } from './runs-job.ts'

const LOOK_MS = 50
const RECORDS = new AvroRecords(null)
const READER = 'bench'

export interface Parts {
  readonly log: Log
  readonly records: AvroRecords
  readonly clock: typeof systemClock
  readonly connector: string
  readonly topic: string
  readonly ready: ReadyConnector
  readonly openCodec: () => Promise<EventCodec>
}

export interface Carrying {
  readonly kind: RunKind
  readonly scope: object
  readonly work: (codec: EventCodec) => RunKindWork
}

export async function openParts({ log: path, table }: RunsJob): Promise<Parts> {
  const log = await openSqliteLog({ path })
  await log.declare(declaredTopics([changeTopic(DATABASE, TABLE)], 1))
  const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now, writer: 'runs' })
  const targets = { [table]: { key: KEYS, owns: OWNS } }
  const ready = { connector: connectorOf(READER, table), settings: {}, targets }
  const topic = changeTopic(DATABASE, TABLE)
  return { log, records: RECORDS, clock: systemClock, connector: READER, topic, ready, openCodec }
}

/** Resolves when it is done. */
export async function carryOut(parts: Parts, { kind, scope, work }: Carrying): Promise<void> {
  const { log, records, clock, connector, openCodec } = parts
  const ending = new AbortController()
  const { signal } = ending
  const book = new RunBook({ log, records, signal })
  const desk = new RunDesk({ log, records, book, clock })
  const order = { kind, connector, scope: JSON.stringify(scope), limits: NO_LIMITS, by: 'bench' }
  const { id } = (await desk.order(order)).order
  const none = { carryOut: async () => undefined }
  const others = {
    backfill: none,
    replay: none,
    sync: none,
    retry: none,
    verify: none,
    repair: none,
    resolve: none,
    import: none,
    rollback: none,
  }
  const kinds = (codec: EventCodec) => ({ ...others, [kind]: work(codec) })
  const observer = { led: () => undefined, ended: () => undefined }
  const attempt = { signal, progress: () => undefined, retry: <Value>(step: () => Promise<Value>) => step() }
  const carrying = carryOutRuns({ log, records, clock, topics: [], openCodec, observer, kinds, scheduled: [] }, attempt)
  for (let state = ''; state !== 'done'; state = (await desk.find(id)).progress?.state ?? '') {
    if (state === 'failed') throw new Error(JSON.stringify((await desk.find(id)).progress?.fault))
    await clock.sleep(LOOK_MS, signal)
  }
  ending.abort()
  await carrying
}
