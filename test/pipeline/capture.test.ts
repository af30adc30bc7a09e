import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import { BOOKMARKS, GAPS } from '../../src/core/topic.ts'
import { openAvroCodec } from '../../src/log/avro/avro-codec.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { capture } from '../../src/pipeline/capture.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import type { Appended } from '../../src/pipeline/observer.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'
import { changeEvent, tableShape } from '../support/change-event.ts'
import { observed, Running } from '../support/running.ts'
import { ScriptedSource } from '../support/scripted-source.ts'
import { until } from '../support/until.ts'

const TOPIC = 'millrace.app.comment'
const shape = tableShape('comment', { id: 'int', text: 'text' }, ['id'])
const records = new AvroRecords(null)
let directory: string
let log: Log

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-capture-'))
  log = await openSqliteLog({ path: join(directory, 'log.db') })
})
afterEach(async () => {
  await log.close()
  await rm(directory, { recursive: true })
})

const insert = (id: number, text = 'x') => changeEvent({ shape, op: 'insert', after: { id, text }, at: id })
const openCodec = () => openAvroCodec({ log, registry: null, accept: [], nowMs: Date.now })

function start(source: ScriptedSource, options: { log?: Log; observer?: ReturnType<typeof observed> } = {}): Running {
  const observer = options.observer ?? observed()
  const topics = declaredTopics(['millrace.app.comment'], 1)
  const parts = { source, log: options.log ?? log, topics, openCodec, records, clock: systemClock, observer }
  return new Running((attempt) => capture(parts, attempt), observer)
}

async function captured(): Promise<number[]> {
  const [end] = await log.ends(TOPIC)
  const codec = await openCodec()
  const ids: number[] = []
  for await (const stored of log.range({ ...end!, offset: 0 }, end!, AbortSignal.timeout(60_000))) {
    for (const record of stored) ids.push((await codec.decode(record)).key.id as number)
  }
  return ids
}

async function bookmark(): Promise<string | null> {
  for await (const { value } of log.latest(BOOKMARKS)) return (await records.unpack('bookmark', value!)).bookmark
  return null
}

const bookmarkIs = (text: string) =>
  until(async () => ((await bookmark().catch(() => null)) === text ? true : null), { what: `bookmark ${text}` })

/** The log, with writers that fail as told. */
function failing(fail: (append: (records: readonly LogRecord[]) => Promise<void>, nth: number) => typeof append): Log {
  let nth = 0
  return new Proxy(log, {
    get: (target, name) => {
      if (name !== 'writer') return (Reflect.get(target, name) as () => unknown).bind(target)
      return async (id: string) => {
        const writer = await target.writer(id)
        const append = fail((given) => writer.append(given), nth++)
        return { append, close: () => writer.close() }
      }
    },
  })
}

describe('capture', () => {
  test('brings events into the log in order, with the bookmark behind them', async () => {
    const source = new ScriptedSource()
    await using _ = start(source)
    source.push(insert(1), insert(2))
    source.push(insert(3))
    await bookmarkIs('2')
    expect(await captured()).toEqual([1, 2, 3])
  })

  test('goes on after its bookmark when it is started again', async () => {
    const source = new ScriptedSource()
    source.push(insert(1))
    const first = start(source)
    await bookmarkIs('1')
    await first.stop()
    source.push(insert(2))
    await using _ = start(source)
    await bookmarkIs('2')
    expect(source.starts).toEqual([null, '1'])
    expect(await captured()).toEqual([1, 2])
  })

  test('puts a gap on record in the append of the bookmark that passes it, once, and tells of it though the answer is lost', async () => {
    const source = new ScriptedSource()
    const observer = observed()
    const appends: (readonly string[])[] = []
    const failingOnce = failing((append, nth) => async (given) => {
      appends.push(given.map(({ topic }) => topic))
      await append(given)
      if (nth === 0) throw new MillraceError('LOG_BUSY', 'the answer was lost')
    })
    await using _ = start(source, { observer, log: failingOnce })
    source.pushGap({ table: 'comment', position: 'p1', atMs: 1_234, reason: 'comment was emptied' })
    await bookmarkIs('1')
    source.push(insert(1))
    await bookmarkIs('2')
    expect(appends[0]).toEqual([GAPS, BOOKMARKS])
    expect(appends.slice(1).flat()).not.toContain(GAPS)
    expect(observer.seen.skipped).toMatchObject([{ tables: ['comment'], toPosition: 'p1' }])
    const gaps: unknown[] = []
    for await (const { value } of log.latest(GAPS)) gaps.push(await records.unpack('gap', value!))
    expect(gaps).toEqual([
      {
        ...{ source: 'scripted', tables: ['comment'], reason: 'comment was emptied' },
        ...{ fromBookmark: null, toBookmark: '1', toPosition: 'p1', fromMs: null, toMs: 1_234 },
      },
    ])
  })

  test('moves the bookmark when the source is idle, and appends nothing when that stands still', async () => {
    const source = new ScriptedSource()
    const observer = observed()
    let appends = 0
    const counting = failing((append) => async (given) => {
      appends += 1
      await append(given)
    })
    await using _ = start(source, { observer, log: counting })
    source.push()
    await bookmarkIs('1')
    source.beat()
    const heard = (observer.seen.appended as Appended[]).values()
    await until(async () => (observer.seen.appended.length === 2 ? true : null), { what: 'both facts' })
    expect([...heard].map(({ rows, sourceTimeMs }) => [rows.size, sourceTimeMs])).toEqual([
      [0, 1_000],
      [0, 1_001],
    ])
    expect(appends).toBe(1)
  })

  test('neither loses nor repeats when an append fails before the log has it', async () => {
    const source = new ScriptedSource()
    for (let id = 1; id <= 3; id++) source.push(insert(id))
    const broken = failing((append, nth) => async (given) => {
      if (nth === 0) throw new MillraceError('LOG_BUSY', 'not now')
      await append(given)
    })
    await using _ = start(source, { log: broken })
    await bookmarkIs('3')
    expect(source.starts).toEqual([null, null])
    expect(await captured()).toEqual([1, 2, 3])
  })

  test('neither loses nor repeats when an append fails after the log has it', async () => {
    const source = new ScriptedSource()
    for (let id = 1; id <= 3; id++) source.push(insert(id))
    const broken = failing((append, nth) => async (given) => {
      await append(given)
      if (nth < 2) throw new MillraceError('LOG_BUSY', 'the answer was lost')
    })
    const running = start(source, { log: broken })
    await bookmarkIs('3')
    source.push(insert(4))
    await bookmarkIs('4')
    await running.stop()
    expect(source.starts[0]).toBeNull()
    expect(source.starts).not.toContain('4')
    expect(await captured()).toEqual([1, 2, 3, 4])
  })

  test('goes on from the bookmark when the source fails', async () => {
    const source = new ScriptedSource()
    await using _ = start(source)
    source.push(insert(1))
    await bookmarkIs('1')
    source.fault = new MillraceError('LOG_BUSY', 'any error worth retrying')
    source.push(insert(2))
    await bookmarkIs('2')
    expect(source.starts).toEqual([null, '1'])
    expect(await captured()).toEqual([1, 2])
  })

  test('stops by name when a newer process captures the same source', async () => {
    const source = new ScriptedSource()
    await using older = start(source)
    source.push(insert(1))
    await bookmarkIs('1')
    const newer = new ScriptedSource()
    newer.push(insert(1))
    await using _ = start(newer)
    await until(async () => (newer.starts.length > 0 ? true : null), { what: 'the newer one starts' })
    source.push(insert(2))
    await older.done
    expect(older.supervisor.state).toMatchObject({ is: 'stopped', error: { code: 'LOG_FENCED' } })
    expect(await captured()).toEqual([1])
  })

  test('stops by name, and loses nothing, when a table changes so that readers cannot follow', async () => {
    const source = new ScriptedSource()
    source.push(insert(1))
    const other = tableShape('comment', { id: 'int', text: 'int' }, ['id'])
    await using running = start(source)
    await bookmarkIs('1')
    source.push(changeEvent({ shape: other, op: 'insert', after: { id: 2, text: 5 } }))
    await running.done
    expect(running.supervisor.state).toMatchObject({ is: 'stopped', error: { code: 'SCHEMA_INCOMPATIBLE' } })
    expect([await bookmark(), await captured()]).toEqual(['1', [1]])
  })

  test('takes what has piled up in one append, and makes the source wait beyond its bound', async () => {
    const source = new ScriptedSource()
    const gate = Promise.withResolvers<void>()
    const appends: number[] = []
    const slow = failing((append) => async (given) => {
      appends.push(given.filter(({ topic }) => topic === TOPIC).length)
      if (appends.length === 1) await gate.promise
      await append(given)
    })
    await using _ = start(source, { log: slow })
    source.push(insert(1))
    await until(async () => (appends.length === 1 ? true : null), { what: 'the first append' })
    for (let id = 2; id <= 101; id++) source.push(insert(id, 'y'.repeat(100 * 1024)))
    await until(async () => (source.yielded >= 22 ? true : null), { what: 'the source fills the inbox' })
    for (let turn = 0; turn < 50; turn++) await setImmediate()
    expect(source.yielded).toBe(22)
    gate.resolve()
    await bookmarkIs('101')
    expect(appends[1]).toBe(10)
    expect(await captured()).toHaveLength(101)
  })
})
