// What is due is ordered once, whoever looks, and what was missed while nobody did is made up for once.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { keepSchedules, type ScheduledOrder } from '../../src/pipeline/scheduler.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-schedules-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
const freshPath = () => join(folder, `${files++}.db`)

/** Looks at each of these moments, in a process of its own; what was ordered, by id. */
async function lookAt(path: string, moments: readonly string[], { fails = false } = {}): Promise<readonly string[]> {
  const log = await openSqliteLog({ path })
  const ending = new AbortController()
  const ordered: string[] = []
  const left = [...moments]
  const clock = {
    nowMs: () => Date.parse(left[0] ?? ''),
    sleep: async () => {
      left.shift()
      if (left.length === 0) ending.abort()
    },
  }
  const order = async ({ id, by }: ScheduledOrder) => {
    expect(by).toBe('schedule nightly')
    ordered.push(id?.('import') ?? '')
    if (fails) throw new Error('cut off behind the order')
    return []
  }
  const all = [{ name: 'nightly', schedule: { cron: '0 2 * * *', zone: 'UTC' }, order }]
  try {
    await log.declare(declaredTopics([], 1))
    await keepSchedules({ log, records: new AvroRecords(null), clock, all }, ending.signal).catch((error) => {
      if (!fails) throw error
    })
    return ordered
  } finally {
    await log.close()
  }
}

test('it is ordered when it is due, once, and not for what was before it was known', async () => {
  const path = freshPath()
  const moments = [
    '2026-05-01T12:00:00Z',
    '2026-05-02T01:59:59Z',
    '2026-05-02T02:00:00Z',
    '2026-05-02T02:00:01Z',
    '2026-05-03T02:00:00Z',
  ]
  expect(await lookAt(path, moments.slice(0, 2))).toEqual([])
  const ordered = await lookAt(path, moments.slice(1))
  expect(ordered).toHaveLength(2)
  expect(new Set(ordered).size).toBe(2)
})

test('several that were missed while nobody ran are made up for by one', async () => {
  const path = freshPath()
  await lookAt(path, ['2026-05-01T12:00:00Z'])
  expect(await lookAt(path, ['2026-05-09T12:00:00Z', '2026-05-09T12:00:01Z'])).toHaveLength(1)
})

test('cut off between the order and its record, it orders the same again', async () => {
  const path = freshPath()
  await lookAt(path, ['2026-05-01T12:00:00Z'])
  const first = await lookAt(path, ['2026-05-02T02:00:00Z'], { fails: true })
  const second = await lookAt(path, ['2026-05-02T02:30:00Z'])
  expect(first).toHaveLength(1)
  expect(second).toEqual(first)
})
