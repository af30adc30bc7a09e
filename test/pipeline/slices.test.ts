// A gap of a stream that is read in slices: all of them stop, and all go on from now once a person has said so.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Gap } from '../../src/core/gap.ts'
import { GAPS } from '../../src/core/topic.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { captureSlices } from '../../src/pipeline/capture-slices.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { bookmarksOf, newestBookmark } from '../../src/pipeline/newest-bookmark.ts'
import { skipGap } from '../../src/pipeline/skip-gap.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import { openDynamodbSource } from '../../src/source/dynamodb/dynamodb-source.ts'
import { observed, Running } from '../support/running.ts'
import { ScriptedStreams } from '../support/scripted-streams.ts'
import { until } from '../support/until.ts'

const TOPIC = 'millrace.dynamodb.items'
const SHARDS = ['a', 'b', 'c', 'd', 'e', 'f']
const records = new AvroRecords(null)
const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
let opened: AsyncDisposableStack
let log: Log
let peer: ScriptedStreams

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-slices-'))
  opened.defer(() => rm(folder, { recursive: true }))
  log = opened.adopt(await openSqliteLog({ path: join(folder, 'log.db') }), (one) => one.close())
  peer = opened.use(await ScriptedStreams.open())
  for (const shard of SHARDS) peer.shard(shard)
})
afterEach(() => opened.disposeAsync())

async function start(skipsGap: boolean) {
  const place = { endpoint: peer.url, region: 'eu-central-1', tables: ['items'], slices: 2 }
  const source = opened.use(await openDynamodbSource(place))
  const topics = declaredTopics([TOPIC], 1)
  await log.declare(topics)
  const observer = observed()
  const options = { source, log, topics, openCodec, records, clock: systemClock, observer, tables: ['items'] }
  const work = captureSlices(options)
  return { observer, running: opened.use(new Running(skipsGap ? skipGap(options, work) : work, observer)) }
}

const standing = () => bookmarksOf({ log, records, source: 'dynamodb' })
const capturedIs = (count: number) =>
  until(async () => ((await log.ends(TOPIC).catch(() => []))[0]?.offset === count ? true : null), { what: 'captured' })

function put(value: number): void {
  for (const shard of SHARDS) peer.put(shard, { sequence: `${1_000 + value}`, id: shard, value })
}

test('a stream that was made anew stops all slices; given up once, both go on, with newer positions and one gap', async () => {
  const { running } = await start(false)
  await until(async () => ((await standing()).size === 2 ? true : null), { what: 'the bookmarks' })
  put(1)
  await capturedIs(6)
  const before = await newestBookmark({ log, records, source: 'dynamodb' })
  Object.assign(peer, { stream: `${peer.stream}-again` })
  await running.done
  expect(running.supervisor.state).toMatchObject({ is: 'stopped', error: { code: 'HISTORY_GONE' } })

  const { observer } = await start(true)
  const isAnew = async () => {
    const all = [...(await standing()).values()]
    return all.length === 2 && all.every(({ bookmark }) => JSON.parse(bookmark).epoch === 2) ? true : null
  }
  await until(isAnew, { what: 'the bookmarks of a new epoch' })
  put(2)
  // What is in the shards as they are counts as made after the new start: its age says so.
  await capturedIs(18)
  const after = await newestBookmark({ log, records, source: 'dynamodb' })
  expect((after?.position ?? '') > (before?.position ?? '')).toBe(true)
  const gaps: Gap[] = []
  for await (const { value } of log.latest(GAPS)) if (value !== null) gaps.push(await records.unpack('gap', value))
  expect(gaps).toMatchObject([
    { source: 'dynamodb', tables: ['items'], fromBookmark: expect.stringContaining('"epoch":1') },
  ])
  expect(observer.seen.skipped).toHaveLength(1)
})
