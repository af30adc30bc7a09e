import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { Member } from '../contract/log-member.ts'
import { collect, everything, record, recordsOf, until, valuesOf } from '../contract/log-place.ts'
import { LogProcess } from './sqlite-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pathOf = (name: string) => join(folder, `${name}.db`)

async function withTopic(log: Log, isCompacted = false): Promise<Log> {
  await log.declare([{ topic: 'topic', partitions: 1, isCompacted }])
  return log
}

/** Counts what one query of the file finds. */
function count(path: string, query: string): number {
  const db = new DatabaseSync(path, { readOnly: true })
  const [value] = Object.values(db.prepare(query).get() ?? {})
  db.close()
  return Number(value)
}

describe('a log file that cannot be used', () => {
  const refused = async (path: string) => {
    const error = await openSqliteLog({ path }).then(
      () => null,
      (thrown: Error & { code: string; hint: string }) => thrown,
    )
    expect(error?.code).toBe('LOG_FILE_UNUSABLE')
    expect(error?.message).toContain(path)
    return error?.hint
  }

  test('because another program wrote it, stays untouched', async () => {
    const path = pathOf('foreign')
    const db = new DatabaseSync(path)
    db.exec('CREATE TABLE precious (id INTEGER)')
    db.close()
    const before = readFileSync(path)
    await refused(path)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('because it is no database at all, stays untouched', async () => {
    const path = pathOf('text')
    const before = 'not a database '.repeat(1000)
    writeFileSync(path, before)
    await refused(path)
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test('because a newer millrace wrote it, names that', async () => {
    const path = pathOf('newer')
    await (await openSqliteLog({ path })).close()
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(await refused(path)).toContain('newer millrace')
  })

  test('because it cannot be made there, says where to make it', async () => {
    expect(await refused(join(folder, 'missing', 'log.db'))).toContain('directory')
    mkdirSync(pathOf('directory'))
    await refused(pathOf('directory'))
    await refused('/proc/log.db')
  })

  test('because bytes of it changed on the disk, is found out when they are read', async () => {
    const path = pathOf('damaged')
    const log = await withTopic(await openSqliteLog({ path }))
    await (await log.writer('writer')).append(recordsOf('topic', ['a', 'needle', 'b']))
    await log.close()
    const bytes = readFileSync(path)
    bytes.write('noodle', bytes.indexOf('needle'))
    writeFileSync(path, bytes)
    const again = await openSqliteLog({ path })
    await expect(everything(again, 'topic')).rejects.toMatchObject({ code: 'LOG_FILE_UNUSABLE' })
    await again.close()
  })

  test('because somebody removed it, takes no more appends', async () => {
    const path = pathOf('removed')
    const log = await withTopic(await openSqliteLog({ path }))
    const writer = await log.writer('writer')
    rmSync(path)
    await expect(writer.append(recordsOf('topic', ['a']))).rejects.toMatchObject({ code: 'LOG_FILE_UNUSABLE' })
    await log.close()
  })
})

describe('a log file on a full disk', () => {
  test('refuses what does not fit, keeps what it had, and goes on when there is room again', async () => {
    const path = pathOf('full')
    await (await withTopic(await openSqliteLog({ path }))).close()
    const child = new LogProcess({ path, act: 'fill', topics: ['topic'], name: 'writer' }, 1024)
    await until('the disk is full', () => child.lines.at(-1)?.startsWith('failed') === true)
    expect(child.lines.at(-1)).toBe('failed LOG_FULL')
    const log = await openSqliteLog({ path })
    const found = valuesOf(await everything(log, 'topic')).map((value) => value?.split(' ')[0])
    expect(found).toEqual(child.lines.slice(0, -1))
    expect(found.length).toBeGreaterThan(3)
    await (await log.writer('writer')).append(recordsOf('topic', ['again']))
    expect(valuesOf(await everything(log, 'topic')).at(-1)).toBe('again')
    await log.close()
  })
})

describe('a log file over time', () => {
  const filler = 'x'.repeat(100_000)

  test('forgets what is older than asked, and what came after stays', async () => {
    const path = pathOf('age')
    const forgetful = await withTopic(await openSqliteLog({ path, retentionMs: 300, forgetEveryMs: 20 }))
    const beganMs = Date.now()
    await (await forgetful.writer('writer')).append(recordsOf('topic', ['old']))
    await until('the old record is forgotten', () => count(path, 'SELECT count(*) FROM frame') === 0)
    expect(Date.now() - beganMs).toBeGreaterThanOrEqual(300)
    await forgetful.close()
    const log = await openSqliteLog({ path, forgetEveryMs: 20 })
    const [committed] = await log.committed('reader', 'topic')
    expect(committed?.offset).toBe(1)
    await (await log.writer('writer')).append(recordsOf('topic', ['new']))
    const member = new Member(log, 'reader', ['topic'])
    const [first] = await member.take(1)
    expect([first?.offset, valuesOf([first!])]).toEqual([1, ['new']])
    await member.leave()
    await log.close()
  })

  test('keeps at least the size asked for of each topic, forgets the rest, and uses the room again', async () => {
    const path = pathOf('size')
    const log = await withTopic(await openSqliteLog({ path, topicBytesMax: 1_000_000, forgetEveryMs: 20 }))
    const writer = await log.writer('writer')
    const kept = () => count(path, 'SELECT total(length(bytes)) FROM frame')
    let firstSize = 0
    for (let round = 0; round < 6; round++) {
      for (let row = 0; row < 30; row++) await writer.append(recordsOf('topic', [filler]))
      await until('the rest is forgotten', () => kept() < 1_200_000)
      expect(kept()).toBeGreaterThanOrEqual(1_000_000)
      if (round === 2) firstSize = statSync(path).size
    }
    expect(statSync(path).size).toBeLessThan(firstSize + 3_000_000)
    await log.close()
  })

  test('tells a reader that came too late what it missed, instead of going on silently', async () => {
    const path = pathOf('late')
    const log = await withTopic(await openSqliteLog({ path, topicBytesMax: 1, forgetEveryMs: 20 }))
    const writer = await log.writer('writer')
    const append = (value: string) => writer.append(recordsOf('topic', [value]))
    await append('a')
    const early = new Member(log, 'reader', ['topic'])
    await early.take(1)
    await early.leave()
    for (const value of ['b', 'c', 'd']) await append(value)
    await until('b is forgotten', () => count(path, 'SELECT min(base) FROM frame') > 1)
    const late = new Member(log, 'reader', ['topic'])
    await expect(late.next()).rejects.toMatchObject({ code: 'LOG_HISTORY_GONE' })
    const [end] = await log.ends('topic')
    const ranged = collect(log.range({ ...end!, offset: 0 }, end!, new AbortController().signal))
    await expect(ranged).rejects.toMatchObject({ code: 'LOG_HISTORY_GONE' })
    await log.close()
  })

  test('tells a range that was overtaken what it missed, instead of skipping it', async () => {
    const path = pathOf('overtaken')
    const log = await withTopic(await openSqliteLog({ path, topicBytesMax: 3_000_000, forgetEveryMs: 20 }))
    const writer = await log.writer('writer')
    const append = (name: string) => writer.append(recordsOf('topic', [name + 'x'.repeat(1_100_000)]))
    for (const name of ['a', 'b', 'c']) await append(name)
    const [end] = await log.ends('topic')
    const pieces = log.range({ ...end!, offset: 0 }, end!, new AbortController().signal)[Symbol.asyncIterator]()
    const first = await pieces.next()
    expect(first.done === true ? [] : first.value.map((one) => one.offset)).toEqual([0])
    for (const name of ['d', 'e']) await append(name)
    await until('b is forgotten', () => count(path, 'SELECT min(base) FROM frame') > 1)
    await expect(pieces.next()).rejects.toMatchObject({ code: 'LOG_HISTORY_GONE' })
    await log.close()
  })

  test('drops deletions of compacted topics after a while, and lag knows', async () => {
    const path = pathOf('deletions')
    const log = await withTopic(await openSqliteLog({ path, deletionMs: 1, forgetEveryMs: 20 }), true)
    await (await log.writer('writer')).append([
      record('topic', 'a', '1'),
      record('topic', 'b', '2'),
      record('topic', 'a', null),
    ])
    await until('the deletion is dropped', () => count(path, 'SELECT count(*) FROM newest') === 1)
    const member = new Member(log, 'reader', ['topic'])
    expect(valuesOf(await member.take(1))).toEqual(['2'])
    expect(await log.lag('reader', 'topic')).toBe(0)
    await member.leave()
    await log.close()
  })

  test('keeps its write-ahead log short while a reader holds a batch', async () => {
    const path = pathOf('wal')
    const log = await withTopic(await openSqliteLog({ path }))
    const writer = await log.writer('writer')
    await writer.append(recordsOf('topic', ['first']))
    const slow = new Member(log, 'reader', ['topic'])
    const batch = await slow.next()
    for (let round = 0; round < 40; round++) {
      await writer.append(
        recordsOf(
          'topic',
          Array.from({ length: 30 }, () => filler),
        ),
      )
    }
    expect(statSync(`${path}-wal`).size).toBeLessThan(72 * 1024 * 1024)
    await batch.commit()
    await slow.leave()
    await log.close()
  })

  test('appends asked for at once share transactions, and keep their order', async () => {
    const path = pathOf('group')
    const log = await withTopic(await openSqliteLog({ path }))
    const writer = await log.writer('writer')
    const values = Array.from({ length: 200 }, (_, index) => `${index}`)
    await Promise.all(values.map((value) => writer.append(recordsOf('topic', [value]))))
    expect(valuesOf(await everything(log, 'topic'))).toEqual(values)
    // One by one they would have written at least three pages each.
    expect(statSync(`${path}-wal`).size).toBeLessThan(200 * 3 * 4096 * 0.5)
    await log.close()
  })
})
