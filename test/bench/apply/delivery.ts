// The deliver of the product, from the beginning of a log to its end, with a connector that makes one item of each row.

import { defineConnector } from '../../../src/core/connector.ts'
import { openAvroCodec } from '../../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../../src/log/avro/avro-records.ts'
import type { Log } from '../../../src/log/log.ts'
import { systemClock } from '../../../src/pipeline/clock.ts'
import { deliver } from '../../../src/pipeline/deliver.ts'
import { LookupCache } from '../../../src/pipeline/lookup-cache.ts'
import { Lookups } from '../../../src/pipeline/lookups.ts'
import { openDynamodbSink } from '../../../src/sink/dynamodb/dynamodb-sink.ts'
import type { RowLookup } from '../../../src/source/source.ts'
import type { Meter } from '../meter.ts'
import { type DeliverJob, WARM_UP } from './apply-job.ts'
import { KEYS, keyOf, OWNS } from './items.ts'

/** Lookups find nothing, at once. */
export const NO_ROWS: RowLookup = { rows: async ({ values }) => ({ rows: values.map(() => []), asOf: '' }) }

export async function deliverAll(log: Log, job: DeliverJob, meter: Meter): Promise<void> {
  const { endpoint, table, reader, items } = job
  const targets = { [table]: { key: KEYS, owns: OWNS } }
  const connector = connectorOf(reader, table)
  const lookups = new Lookups({
    ...{ connector: reader, source: 'bench', lookup: NO_ROWS, memory: new LookupCache(0), shared: null },
    observer: { lookedUp: () => undefined },
  })
  const done = new AbortController()
  let records = 0
  const delivered = (fact: { readonly records: number; readonly dead: number }) => {
    if (fact.dead > 0) throw new Error('an event was not delivered')
    records += fact.records
    if (records >= WARM_UP) meter.done(records)
    if (records >= items + WARM_UP) done.abort()
  }
  const options = {
    ...{ ready: { connector, settings: {}, targets }, database: 'app', log, topics: [], lookups, clock: systemClock },
    source: { columns: async () => new Map() },
    openCodec: () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now }),
    records: new AvroRecords(null),
    sink: await openDynamodbSink({ endpoint, targets }),
    observer: { delivered, shared: () => undefined, arrived: () => undefined },
  }
  await deliver(options, { signal: done.signal, progress: () => undefined, retry: (step) => step() })
}

export function connectorOf(name: string, table: string): ReturnType<typeof defineConnector> {
  return defineConnector({
    ...{ name, source: 'mysql', sink: 'dynamodb' },
    targets: () => ({ [table]: { key: KEYS, owns: OWNS } }),
    tables: {
      comment: {
        columns: OWNS,
        map: ({ after }) => {
          const id = Number(after?.original_review_id)
          return after === null ? [] : [{ do: 'create', table, key: keyOf(id), fields: after }]
        },
      },
    },
  })
}
