// The shortest way from end to end: one comment from a real MariaDB through the SQLite log into a real emulator.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import feedback from '../../connectors/feedback.ts'
import { changeTopic } from '../../src/core/topic.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { capture } from '../../src/pipeline/capture.ts'
import { checkConnectors } from '../../src/pipeline/check-connectors.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { deliver } from '../../src/pipeline/deliver.ts'
import { LookupCache } from '../../src/pipeline/lookup-cache.ts'
import { Lookups } from '../../src/pipeline/lookups.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import { openDynamodbSink } from '../../src/sink/dynamodb/dynamodb-sink.ts'
import { MysqlSource } from '../../src/source/mysql/mysql-source.ts'
import { freshDatabase } from '../support/fresh-database.ts'
import { freshName } from '../support/fresh-name.ts'
import { RestaurantDatabase } from '../support/restaurant-database.ts'
import { RestaurantTable } from '../support/restaurant-table.ts'
import { observed, Running } from '../support/running.ts'
import { sharedDynoxide, sharedMariadb } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

const TABLES = Object.keys(feedback.tables)

test('a comment in MariaDB becomes a comment in DynamoDB, with its customer and its restaurant', async () => {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-first-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const fresh = opened.use(await freshDatabase(await sharedMariadb()))
  const site = opened.use(await RestaurantDatabase.create(fresh.adminUrl))
  const endpoint = (await sharedDynoxide()).url
  const table = opened.use(await RestaurantTable.create(endpoint, freshName('restaurants')))
  const log = opened.adopt(await openSqliteLog({ path: join(folder, 'log.db') }), (one) => one.close())
  const source = opened.use(new MysqlSource({ url: fresh.url, tables: TABLES }))
  const setting = (variable: string) => (variable === 'MILLRACE_FEEDBACK_TABLE' ? table.name : undefined)
  const [ready] = checkConnectors([{ from: 'connectors/feedback.ts', connector: feedback }], { setting })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const address = { endpoint, region: 'eu-central-1', credentials }
  const sink = opened.adopt(await openDynamodbSink({ ...address, targets: ready!.targets }), (one) => one.close())

  const observer = observed()
  const common = {
    ...{ log, observer, clock: systemClock, records: new AvroRecords(null) },
    topics: declaredTopics(
      TABLES.map((table) => changeTopic(fresh.name, table)),
      1,
    ),
    openCodec: () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now }),
  }
  const memory = new LookupCache(1_000_000)
  const lookups = new Lookups({
    connector: 'feedback',
    source: source.name,
    lookup: source,
    memory,
    shared: null,
    observer,
  })
  opened.use(new Running((attempt) => capture({ ...common, source }, attempt), observer))
  opened.use(
    new Running(
      (attempt) => deliver({ ...common, ready: ready!, database: fresh.name, lookups, sink, source }, attempt),
      observer,
    ),
  )
  await until(async () => (observer.seen.appended.length > 0 ? true : null), { what: 'capture follows' })

  const idclient = await site.venue('Opus Ocean Grille')
  const idcomment = await site.visit(idclient, { email: 'ann@example.com' }, { text: 'Best soup in town', rating: 5 })

  // The counters come last.
  await until(async () => ((await table.restaurant(idclient))?.total_comments === 1 ? true : null), {
    what: 'the count',
  })
  const [comment] = await table.comments()
  expect(comment).toMatchObject({
    ...{ pk: `RESTAURANT#${idclient}`, original_review_id: idcomment, comment_text: 'Best soup in town', rating: 5 },
  })
  const customer = { pk: comment!.pk, sk: `CUSTOMER#${comment!.customer_id}`, email: 'ann@example.com' }
  const restaurant = { pk: comment!.pk, sk: 'METADATA', restaurant_name: 'Opus Ocean Grille', rating_sum: 5 }
  expect(await table.items()).toEqual(
    expect.arrayContaining([expect.objectContaining(customer), expect.objectContaining(restaurant)]),
  )
  expect(observer.seen.retrying).toEqual([])
})
