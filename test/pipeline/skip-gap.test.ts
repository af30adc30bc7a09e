import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import type { Gap } from '../../src/core/gap.ts'
import { GAPS } from '../../src/core/topic.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { capture } from '../../src/pipeline/capture.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { skipGap } from '../../src/pipeline/skip-gap.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { observed, Running } from '../support/running.ts'
import { ScriptedSource } from '../support/scripted-source.ts'
import { until } from '../support/until.ts'

const TOPIC = 'millrace.app.comment'
const shape = tableShape('comment', { id: 'int', text: 'text' }, ['id'])
const records = new AvroRecords(null)
const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
let directory: string
let log: Log

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-gap-'))
  log = await openSqliteLog({ path: join(directory, 'log.db') })
})
afterEach(async () => {
  await log.close()
  await rm(directory, { recursive: true })
})

function start(source: ScriptedSource, observer: ReturnType<typeof observed>): Running {
  const topics = declaredTopics(['millrace.app.comment'], 1)
  const options = { source, log, topics, openCodec, records, clock: systemClock, observer, tables: ['comment'] }
  return new Running(
    skipGap(options, (attempt) => capture(options, attempt)),
    observer,
  )
}

const insert = (id: number) => changeEvent({ shape, op: 'insert', after: { id, text: 'x' }, at: id })
const capturedIs = (count: number) =>
  until(async () => ((await log.ends(TOPIC).catch(() => []))[0]?.offset === count ? true : null), { what: 'captured' })

async function gaps(): Promise<Gap[]> {
  const found: Gap[] = []
  for await (const { value } of log.latest(GAPS)) found.push(await records.unpack('gap', value!))
  return found
}

test('a gap is on record before anything behind it is captured, and the next one stops capture', async () => {
  const source = new ScriptedSource()
  const observer = observed()
  await using running = start(source, observer)
  source.push(insert(1))
  await capturedIs(1)
  expect(await gaps()).toEqual([])

  source.fault = new MillraceError('HISTORY_GONE', 'purged')
  source.push(insert(2))
  source.push(insert(3))
  const gap = await until(async () => (await gaps())[0] ?? null, { what: 'the gap' })
  expect(gap).toMatchObject({ source: 'scripted', tables: ['comment'], reason: 'HISTORY_GONE: purged', fromMs: 1_000 })
  expect(observer.seen.skipped).toEqual([gap])
  await until(async () => (source.starts.at(-1) === gap.toBookmark ? true : null), { what: 'it goes on from now' })

  source.fault = new MillraceError('HISTORY_GONE', 'purged again')
  source.wake()
  await running.done
  expect(running.supervisor.state).toMatchObject({ is: 'stopped', error: { code: 'HISTORY_GONE' } })
  expect(await gaps()).toHaveLength(1)
})

test('where nothing is gone nothing is skipped, and other errors are what they are', async () => {
  const source = new ScriptedSource()
  const observer = observed()
  await using running = start(source, observer)
  source.push(insert(1))
  await capturedIs(1)
  source.fault = new MillraceError('MYSQL_DENIED', 'no')
  source.wake()
  await running.done
  expect(running.supervisor.state).toMatchObject({ is: 'stopped', error: { code: 'MYSQL_DENIED' } })
  expect([await gaps(), observer.seen.skipped]).toEqual([[], []])
})
