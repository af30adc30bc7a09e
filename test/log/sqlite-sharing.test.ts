import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Log } from '../../src/log/log.ts'
import { type Portion, share } from '../../src/log/sqlite/share.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { Member } from '../contract/log-member.ts'
import { record, unique } from '../contract/log-place.ts'

describe('handing over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
  const logs: Log[] = []
  beforeAll(async () => {
    for (let log = 0; log < 2; log++) logs.push(await openSqliteLog({ path: join(folder, 'log.db') }))
  })
  afterAll(async () => {
    for (const log of logs) await log.close()
    rmSync(folder, { recursive: true })
  })

  async function fullTopic(): Promise<{ readonly topic: string; readonly append: () => Promise<void> }> {
    const topic = unique('topic')
    await logs[0]!.declare([{ topic, partitions: 2, isCompacted: false }])
    const writer = await logs[0]!.writer(topic)
    const append = () => writer.append(Array.from({ length: 20 }, (_, index) => record(topic, `${index}`, 'x')))
    await append()
    return { topic, append }
  }

  test('an idle partition takes no waiting', async () => {
    const { topic, append } = await fullTopic()
    const holder = new Member(logs[0]!, 'idle', [topic])
    await holder.take(20)
    await append()
    const startMs = performance.now()
    const joining = new Member(logs[1]!, 'idle', [topic])
    await joining.next()
    // A busy one would be taken from its holder after a second.
    expect(performance.now() - startMs).toBeLessThan(900)
    await Promise.all([holder.leave(), joining.leave()])
  })

  test('a busy partition changes hands between two batches, and the commit of the last one counts', async () => {
    const { topic, append } = await fullTopic()
    const holder = new Member(logs[0]!, 'busy', [topic])
    const batches = [await holder.next(), await holder.next()]
    const joining = new Member(logs[1]!, 'busy', [topic])
    const asked = joining.next()
    await append()
    for (const batch of batches) await batch.commit()
    const { records, next, commit } = await asked
    const last = batches.find((one) => one.next.partition === next.partition)!
    expect(records[0]!.offset).toBe(last.next.offset)
    await commit()
    await Promise.all([holder.leave(), joining.leave()])
  })

  test('members that join at once are of one session: nobody takes half of a process for dead', async () => {
    const path = join(folder, 'joining.db')
    const log = await openSqliteLog({ path })
    logs.push(log)
    const topic = unique('topic')
    await log.declare([{ topic, partitions: 1, isCompacted: false }])
    const writer = await log.writer(topic)
    await writer.append([record(topic, 'key', 'x')])
    const members = ['one', 'other', 'third'].map((reader) => new Member(log, reader, [topic]))
    await Promise.all(members.map((member) => member.take(1)))
    const db = new DatabaseSync(path, { readOnly: true })
    expect(db.prepare('SELECT count(*) AS sessions FROM session').get()).toEqual({ sessions: 1 })
    db.close()
    await Promise.all(members.map((member) => member.leave()))
  })
})

describe('dividing partitions', () => {
  const portionsOf = (holders: readonly (number | null)[], topicId = 1): Portion[] =>
    holders.map((holder, partitionId) => ({ partitionId, topicId, holder }))
  const sharer = (id: number, ...topicIds: readonly number[]) => ({ id, topicIds: new Set(topicIds) })
  const holdersOf = (portions: readonly Portion[]) => portions.map((one) => one.holder)

  test('gives each member as many as the others, and moves no more than that takes', () => {
    const portions = portionsOf([1, 1, 1, 1, 1, 1])
    share(portions, [sharer(1, 1), sharer(2, 1), sharer(3, 1)])
    expect([1, 2, 3].map((id) => holdersOf(portions).filter((holder) => holder === id).length)).toEqual([2, 2, 2])
    const before = holdersOf(portions)
    share(portions, [sharer(1, 1), sharer(2, 1), sharer(3, 1)])
    expect(holdersOf(portions)).toEqual(before)
    share(portions, [sharer(1, 1), sharer(3, 1)])
    expect(holdersOf(portions).filter((holder, index) => before[index] !== 2 && holder !== before[index])).toEqual([])
  })

  test('spreads every topic, not only their sum', () => {
    const portions = [...portionsOf([1, 1, 1, 1], 1), ...portionsOf([1, 1, 1, 1], 2)]
    share(portions, [sharer(1, 1, 2), sharer(2, 1, 2)])
    for (const topicId of [1, 2]) {
      const own = portions.filter((one) => one.topicId === topicId)
      expect(holdersOf(own).filter((holder) => holder === 2)).toHaveLength(2)
    }
  })

  test('gives nobody a partition of a topic that is not followed', () => {
    const portions = [...portionsOf([null, null], 1), ...portionsOf([null, null], 2), ...portionsOf([7], 3)]
    share(portions, [sharer(1, 1), sharer(2, 1, 2)])
    expect(holdersOf(portions)).toEqual([1, 1, 2, 2, null])
  })
})
