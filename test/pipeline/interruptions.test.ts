// Capture and deliver are interrupted at random places again and again: between any two steps, with answers lost, with
// processes that go on beside their successors. What arrives is compared with what the source had.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Connector } from '../../src/core/connector.ts'
import { MillraceError } from '../../src/core/errors.ts'
import type { ChangeEvent } from '../../src/core/event.ts'
import { changeTopic, deadTopic } from '../../src/core/topic.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { Log, LogBatch, LogWriter } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { capture } from '../../src/pipeline/capture.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { deliver } from '../../src/pipeline/deliver.ts'
import { LookupCache } from '../../src/pipeline/lookup-cache.ts'
import { Lookups } from '../../src/pipeline/lookups.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { Random } from '../support/random.ts'
import { observed, Running } from '../support/running.ts'
import { ScriptedSink } from '../support/scripted-sink.ts'
import { ScriptedSource } from '../support/scripted-source.ts'
import { until } from '../support/until.ts'

const EVENTS = 600
const KEYS = 40
const TOPIC = changeTopic('app', 'comment')
const shape = tableShape('comment', { id: 'int', n: 'int' }, ['id'])
const records = new AvroRecords(null)
const topics = declaredTopics(['millrace.app.comment'], 3)

/** A bad event holds back whatever follows in its key; each seventh key has some. */
const isBad = (id: number, n: number) => id % 7 === 0 && n % 5 === 0

const connector: Connector = {
  ...{ name: 'feedback', source: 'mysql', sink: 'dynamodb' },
  targets: () => ({ items: { key: ['pk'], owns: ['n'] } }),
  tables: {
    comment: {
      columns: ['id', 'n'],
      map: ({ key, after }) => {
        if (isBad(Number(key.id), Number(after?.n))) throw new Error('bad')
        return [{ do: 'merge', table: 'items', key: [`C#${key.id}`], fields: { n: after?.n ?? null } }]
      },
    },
  },
}

/** The log as a flaky one: before an operation, or after it when only the answer is lost. */
function flaky(log: Log, random: Random): Log {
  const may = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (random.chance(0.1)) throw new MillraceError('LOG_BUSY', 'interrupted before')
    const value = await work()
    if (random.chance(0.1)) throw new MillraceError('LOG_BUSY', 'interrupted after')
    return value
  }
  const writer = async (id: string): Promise<LogWriter> => {
    const one = await log.writer(id)
    return { append: (given) => may(() => one.append(given)), close: () => one.close() }
  }
  const follow: Log['follow'] = async function* (...given) {
    for await (const { records: batch, from, next, commit } of log.follow(...given)) {
      yield { records: batch, from, next, commit: (also) => may(() => commit(also)) } satisfies LogBatch
    }
  }
  return new Proxy(log, {
    get: (target, name) => {
      if (name === 'writer') return writer
      if (name === 'follow') return follow
      return (Reflect.get(target, name) as () => unknown).bind(target)
    },
  })
}

test('nothing is lost, nothing is out of order, and every dead letter is there exactly once', async () => {
  const random = new Random()
  await using opened = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'millrace-interruptions-'))
  opened.defer(() => rm(directory, { recursive: true }))
  const open = async () => opened.adopt(await openSqliteLog({ path: join(directory, 'log.db') }), (log) => log.close())

  const events: ChangeEvent[] = Array.from({ length: EVENTS }, (_, n) =>
    changeEvent({ shape, op: 'insert', after: { id: random.below(KEYS), n }, at: n }),
  )
  const source = new ScriptedSource()
  for (let at = 0; at < EVENTS; ) {
    const size = 1 + random.below(8)
    source.push(...events.slice(at, at + size))
    at += size
  }
  const sink = new ScriptedSink()
  sink.before = async () => {
    if (random.chance(0.05)) throw new MillraceError('LOG_BUSY', 'the target is away')
  }
  const start = async (): Promise<readonly Running[]> => {
    const log = flaky(await open(), random)
    const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
    const observer = observed()
    const common = { log, topics, openCodec, records, clock: systemClock, observer }
    const lookup = { rows: async () => ({ rows: [], asOf: '' }), columns: async () => new Map() }
    const memory = new LookupCache(1_000)
    const lookups = new Lookups({ ...{ connector: 'feedback', source: 's', memory, shared: null, observer }, lookup })
    const ready = { connector, settings: {}, targets: connector.targets({}) }
    return [
      opened.use(new Running((attempt) => capture({ ...common, source }, attempt))),
      opened.use(
        new Running((attempt) =>
          deliver({ ...common, ready, database: 'app', lookups, sink, source: lookup }, attempt),
        ),
      ),
    ]
  }

  const log = await open()
  await log.declare(topics)
  let processes: (readonly Running[])[] = []
  await until(
    async () => {
      const next = await start()
      // The older process is not asked to end before its successor runs, and sometimes not at all.
      const older = processes.flat()
      processes = [next]
      if (random.chance(0.7)) for (const one of older) await one.stop()
      const ends = await log.ends(TOPIC)
      const isCaptured = ends.reduce((sum, { offset }) => sum + offset, 0) === EVENTS
      return isCaptured && (await log.lag('feedback', TOPIC)) === 0 ? true : null
    },
    { what: 'everything is delivered', everyMs: 100, withinMs: 100_000 },
  )

  const codec = await openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })
  const captured: number[] = []
  for (const end of await log.ends(TOPIC)) {
    const inPartition: number[] = []
    for await (const stored of log.range({ ...end, offset: 0 }, end, AbortSignal.timeout(60_000))) {
      for (const record of stored) inPartition.push(Number((await codec.decode(record)).after?.n))
    }
    expect(inPartition).toEqual(inPartition.toSorted((one, other) => one - other))
    captured.push(...inPartition)
  }
  expect(captured.toSorted((one, other) => one - other)).toEqual(events.map((_, n) => n))

  const firstBad = new Map<unknown, number>()
  events.forEach(({ key: { id } }, n) => {
    if (isBad(Number(id), n) && !firstBad.has(id)) firstBad.set(id, n)
  })
  const isBlocked = ({ key, after }: ChangeEvent) => Number(after?.n) >= (firstBad.get(key.id) ?? EVENTS)
  const dead: number[] = []
  for await (const { value } of log.latest(deadTopic(TOPIC))) {
    const { key, value: bytes, cursor } = await records.unpack('deadLetter', value!)
    dead.push(Number((await codec.decode({ topic: cursor.topic, key, value: bytes })).after?.n))
  }
  const wanted = events.filter(isBlocked).map(({ after }) => Number(after?.n))
  expect(dead.toSorted((one, other) => one - other)).toEqual(wanted)

  const delivered = new Set(sink.applied.map(({ position }) => position))
  expect(delivered).toEqual(new Set(events.filter((event) => !isBlocked(event)).map(({ position }) => position)))
})
