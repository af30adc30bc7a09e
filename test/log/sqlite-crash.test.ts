import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { Member } from '../contract/log-member.ts'
import { everything, record, text, until, valuesOf } from '../contract/log-place.ts'
import { APPEND_ROWS, LogProcess, type Task } from './sqlite-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function newLog(name: string, topics: readonly string[]): Promise<{ readonly path: string; readonly log: Log }> {
  const path = join(folder, `${name}.db`)
  const log = await openSqliteLog({ path })
  await log.declare(topics.map((topic) => ({ topic, partitions: 2, isCompacted: false })))
  return { path, log }
}

interface Campaign {
  readonly kills: number
  readonly random: () => number
  /** Whoever feeds this task has ended, so that there may be nothing left to do. */
  readonly isUnfed?: () => boolean
}

/** Keeps one process at a task, killing it without warning after a while, again and again. */
async function killAgainAndAgain(task: Task, { kills, random, isUnfed }: Campaign): Promise<readonly string[]> {
  const lines: string[] = []
  for (let kill = 0; kill < kills && isUnfed?.() !== true; kill++) {
    const child = new LogProcess(task)
    await until('the process does something', () => child.lines.length > 0 || isUnfed?.() === true)
    // The moment of the kill is what varies; nothing is waited for.
    await pause(random() * 150)
    await child.kill()
    lines.push(...child.lines)
  }
  return lines
}

function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('a log file whose processes are killed', () => {
  test('keeps every append that was answered, whole, and cursors exactly where they were committed', {
    timeout: 120_000,
  }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
    console.log(`SEED=${seed}`)
    const random = randomFrom(seed)
    const topics = ['first', 'second', 'third']
    const { path, log } = await newLog('killed', [...topics, 'done'])
    const kills = Number(process.env.KILLS ?? 4)
    let isUnfed = false
    const appending = Promise.all([
      killAgainAndAgain({ path, act: 'append', topics, name: 'one' }, { kills, random }),
      killAgainAndAgain({ path, act: 'append', topics, name: 'two' }, { kills, random }),
    ]).finally(() => {
      isUnfed = true
    })
    const following = { path, act: 'follow', topics: ['first', 'done'], name: 'reader' } as const
    const committed = await killAgainAndAgain(following, { kills: Infinity, random, isUnfed: () => isUnfed })
    const appended = (await appending).flat()

    const found = await Promise.all(topics.map(async (topic) => valuesOf(await everything(log, topic))))
    const groups = new Map<string, number>()
    for (const value of found.flat()) {
      const group = value!.slice(0, value!.lastIndexOf('/'))
      groups.set(group, (groups.get(group) ?? 0) + 1)
    }
    expect(new Set(groups.values())).toEqual(new Set([topics.length * APPEND_ROWS]))
    for (const group of appended) expect(groups.has(group), group).toBe(true)

    const steps = valuesOf(await everything(log, 'done')).map((value) => value!.split(' ').map(Number))
    for (const cursor of await log.committed('reader', 'first')) {
      const own = steps.filter(([partition]) => partition === cursor.partition).toSorted((a, b) => a[1]! - b[1]!)
      let at = 0
      for (const [, from, next] of own) {
        expect(from).toBe(at)
        at = next!
      }
      expect(cursor.offset).toBe(at)
      const answered = committed.map((line) => line.split(' ').map(Number)).filter(([one]) => one === cursor.partition)
      for (const [, next] of answered) expect(next).toBeLessThanOrEqual(at)
    }
    await log.close()
  })

  test('gives the partitions of a killed member to another one', async () => {
    const { path, log } = await newLog('member', ['topic'])
    const writer = await log.writer('writer')
    const rows = Array.from({ length: 20 }, (_, index) => record('topic', `${index}`, `${index}`))
    await writer.append(rows)
    const child = new LogProcess({ path, act: 'hold', topics: ['topic'], name: 'reader' })
    await until('the process holds both partitions', () => child.lines.length === 2)
    await child.kill()
    const member = new Member(log, 'reader', ['topic'])
    const startMs = performance.now()
    expect(await member.take(20)).toHaveLength(20)
    expect(performance.now() - startMs).toBeLessThan(2500)
    await member.leave()
    await log.close()
  })

  test('gives the partitions of a member that stands still to another one, and refuses its late commit', async () => {
    const { path, log } = await newLog('stopped', ['topic', 'done'])
    const writer = await log.writer('writer')
    const child = new LogProcess({ path, act: 'follow', topics: ['topic', 'done'], name: 'reader' })
    await writer.append([record('topic', 'a', 'first')])
    await until('the process reads', () => child.lines.length === 1)
    await child.kill('SIGSTOP')
    await writer.append([record('topic', 'a', 'second')])
    const member = new Member(log, 'reader', ['topic'])
    const batch = await member.next()
    expect(valuesOf(batch.records)).toEqual(['second'])
    await child.kill('SIGCONT')
    await batch.commit()
    await writer.append(Array.from({ length: 20 }, (_, index) => record('topic', `${index}`, 'third')))
    await until('both read again', async () => {
      const { records, commit } = await member.next()
      await commit()
      await writer.append(Array.from({ length: 20 }, (_, index) => record('topic', `${index}`, 'fourth')))
      return child.lines.length > 1 && records.length > 0
    })
    const steps = (await everything(log, 'done')).map((one) => text(one.key))
    expect(new Set(steps).size).toBe(steps.length)
    await child.kill()
    await member.leave()
    await log.close()
  })
})
