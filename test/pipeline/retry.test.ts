import { beforeEach, describe, expect, test } from 'vitest'
import { deadLetterKey } from '../../src/core/dead-letter.ts'
import { MillraceError } from '../../src/core/errors.ts'
import { DROPPED, deadTopic } from '../../src/core/topic.ts'
import type { Merge } from '../../src/core/write.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { connector, Delivering, failingOver, insert, TOPIC } from '../support/delivering.ts'
import { Retrying } from '../support/retrying.ts'
import { until } from '../support/until.ts'

let at: Delivering
let retrying: Retrying

beforeEach(async () => {
  at = await Delivering.open()
  retrying = new Retrying(at)
  return () => at[Symbol.asyncDispose]()
})

const isBad = (text: unknown) => String(text).startsWith('bad')

/** Delivers what has been appended, where texts that begin with `bad` fail. */
async function deliverAll(): Promise<void> {
  await using _ = at.start(failingOver(({ text }) => isBad(text)))
  await at.caughtUp()
}

const idOf = async (text: string) => {
  const texts = await waiting()
  return [...texts].find(([, one]) => one === text)![0]
}

/** Texts of the rows that wait, by the ids of their letters. */
async function waiting(): Promise<ReadonlyMap<string, unknown>> {
  const ids = (await at.dead()).map(deadLetterKey)
  const read = ids.map(async (id) => [id, (await retrying.letters.find(id)).event?.after?.text] as const)
  return new Map(await Promise.all(read))
}

describe('a retry', () => {
  test('applies what is mended, as the record it was, and what waited behind it, in order', async () => {
    await at.append(insert(1, { text: 'bad' }), insert(1, { text: 'b' }), insert(2, { text: 'c' }))
    await deliverAll()
    await at.append(insert(1, { text: 'd' }))
    await deliverAll()
    const [first] = await at.dead()
    await using _ = retrying.start()
    const run = await retrying.retried()
    expect(run).toMatchObject({ progress: { state: 'done', rows: 3, rowsExpected: 3 }, tally: { applied: 3 } })
    expect(at.texts).toEqual(['c', 'bad', 'b', 'd'])
    expect(at.sink.applied[1]).toMatchObject({ cursor: first!.cursor, reader: 'feedback', isRetry: true })
    expect(await at.dead()).toEqual([])
  })

  test('leaves counters what they remember of a letter, as long as it waits', async () => {
    await at.append(insert(1, { text: 'bad' }))
    await deliverAll()
    const { cursor } = (await at.dead())[0]!
    const isRemembered = async () => {
      const from = at.sink.applied.length
      await at.append(...Array.from({ length: 40 }, (_, id) => insert(100 + id)))
      await deliverAll()
      const beside = at.sink.applied.slice(from).find((placed) => placed.cursor.partition === cursor.partition)
      return beside!.since > cursor.offset && beside!.waits!(cursor.offset)
    }
    expect(await isRemembered()).toBe(true)
    await using _ = retrying.start()
    await retrying.retried()
    expect(await isRemembered()).toBe(false)
  })

  test('of one letter takes all letters of its row, and no others', async () => {
    await at.append(insert(1, { text: 'bad 1' }), insert(1, { text: 'bad 2' }), insert(2, { text: 'bad 3' }))
    await deliverAll()
    await using _ = retrying.start()
    await retrying.retried({ ids: [await idOf('bad 2')] })
    expect(at.texts).toEqual(['bad 1', 'bad 2'])
    expect([...(await waiting()).values()]).toEqual(['bad 3'])
  })

  test('may be of a reason, or of a table', async () => {
    await at.append(insert(1, { text: 'bad' }), insert(2, { text: 'bad' }))
    await deliverAll()
    await using _ = retrying.start()
    expect(await retrying.retried({ reason: 'too large' })).toMatchObject({ progress: { state: 'done', rows: 0 } })
    expect(await retrying.retried({ table: 'other' })).toMatchObject({ progress: { rows: 0 } })
    expect(await retrying.retried({ table: 'comment', reason: 'NO SUCH' })).toMatchObject({ tally: { applied: 2 } })
  })

  test('stops a row at the first that is rejected again, and says why; other rows go on', async () => {
    const texts = ['bad 1', 'bad 2', 'bad 3']
    await at.append(...texts.map((text) => insert(1, { text })), insert(2, { text: 'bad 4' }))
    await deliverAll()
    at.sink.answer = ({ write }) =>
      (write as Merge).fields.text === 'bad 2' ? { did: 'rejected', reason: 'too large' } : undefined
    await using _ = retrying.start()
    const run = await retrying.retried()
    expect(run.tally).toMatchObject({ applied: 2, rejected: 1 })
    expect(at.texts.toSorted()).toEqual(['bad 1', 'bad 4'])
    const letters = (await at.dead()).toSorted((one, other) => one.cursor.offset - other.cursor.offset)
    expect(letters.map(({ reason, attempts }) => [reason, attempts])).toEqual([
      ['too large', 2],
      [expect.stringMatching(/^behind /u), 1],
    ])
  })

  test('leaves behind what a mapping fails over again', async () => {
    await at.append(insert(1, { text: 'bad 1' }), insert(1, { text: 'x' }), insert(1, { text: 'y' }))
    await deliverAll()
    await using _ = retrying.start(failingOver(({ text }) => text === 'x'))
    expect((await retrying.retried()).tally).toMatchObject({ applied: 1, rejected: 1 })
    expect(at.texts).toEqual(['bad 1'])
    expect((await at.dead()).map(({ attempts }) => attempts).toSorted()).toEqual([1, 2])
  })

  test('takes what deliver puts behind a row while it is retried; then the row goes on live', async () => {
    await at.append(insert(1, { text: 'bad' }))
    await deliverAll()
    await using _live = at.start()
    // It knows of the letter, and looks for its end only a second later.
    await at.append(insert(1, { text: 'one' }))
    await at.caughtUp()
    let isRetried = false
    await using _ = retrying.start(connector(), {
      before: async (records) => {
        if (isRetried || !records.some(({ topic, value }) => topic === deadTopic(TOPIC) && value === null)) return
        isRetried = true
        await at.append(insert(1, { text: 'two' }))
        await at.caughtUp()
      },
    })
    const run = await retrying.retried()
    expect(run.tally).toMatchObject({ applied: 3 })
    await at.append(insert(1, { text: 'three' }))
    await at.caughtUp()
    expect(at.texts).toEqual(['bad', 'one', 'two', 'three'])
    expect(await at.dead()).toEqual([])
  })

  test('taken over after its last letter still waits for what deliver puts behind the row', async () => {
    await at.append(insert(1, { text: 'bad' }))
    await deliverAll()
    // For it no time passes: it does not look for the end of what it knows.
    await using _live = at.start(connector(), { clock: { ...systemClock, nowMs: () => 0 } })
    await at.append(insert(1, { text: 'one' }))
    await at.caughtUp()
    const first = retrying.start()
    const run = await retrying.order()
    await until(async () => ((await at.dead()).length === 0 ? true : null), { what: 'both are retried' })
    await first.stop()
    let late: Promise<void> | null = null
    await using _ = retrying.start(connector(), {
      before: async () => {
        late ??= at.append(insert(1, { text: 'two' }))
      },
    })
    expect((await retrying.done(run)).tally).toMatchObject({ applied: 3 })
    await late
    await at.caughtUp()
    expect(at.texts).toEqual(['bad', 'one', 'two'])
    expect(await at.dead()).toEqual([])
  })

  test('that breaks off between target and log tries again, and counts each letter once', async () => {
    await at.append(...[1, 2, 3].map((id) => insert(id, { text: `bad ${id}` })))
    await deliverAll()
    const failed = new Set<string>()
    await using _ = retrying.start(
      failingOver(({ text }) => text === 'bad 2'),
      {
        before: async (records) => {
          const dead = records.filter(({ topic }) => topic === deadTopic(TOPIC)).map(({ key }) => String(key))
          if (dead.length === 0 || failed.has(dead.join())) return
          failed.add(dead.join())
          throw new MillraceError('LOG_BUSY', 'another process holds the file')
        },
      },
    )
    const run = await retrying.retried()
    expect(at.texts.toSorted()).toEqual(['bad 1', 'bad 1', 'bad 3', 'bad 3'])
    expect(run).toMatchObject({ progress: { rows: 3 }, tally: { applied: 2, rejected: 1 } })
    expect((await at.dead()).map(({ attempts }) => attempts)).toEqual([2])
  })

  test('does not bring back a letter that a person drops meanwhile', async () => {
    await at.append(insert(1, { text: 'bad' }))
    await deliverAll()
    const id = await idOf('bad')
    at.sink.before = async () => {
      await retrying.letters.drop([id], { note: 'a test row', by: 'ann' })
    }
    at.sink.answer = () => ({ did: 'rejected', reason: 'still bad' })
    await using _ = retrying.start()
    expect((await retrying.retried()).tally).toMatchObject({ rejected: 1 })
    expect(await at.dead()).toEqual([])
  })

  test('of a record that its letter had no room for reads it where it is', async () => {
    const large = insert(1, { text: `bad ${'x'.repeat(8 * 1024 * 1024 - 3_000)}` })
    await at.append(large)
    await deliverAll()
    expect((await at.dead())[0]).toMatchObject({ value: null })
    await using _ = retrying.start()
    expect((await retrying.retried()).tally).toMatchObject({ applied: 1 })
    expect(await at.dead()).toEqual([])
  })

  test('is foreseen by its rows, each up to the first letter that would be rejected again', async () => {
    const texts = ['bad 1', 'bad 2', 'bad 3', 'bad 4']
    await at.append(...texts.map((text) => insert(1, { text })), insert(2, { text: 'bad 5' }), insert(3))
    await deliverAll()
    at.sink.answer = ({ write }) => ((write as Merge).fields.text === 'bad 3' ? { did: 'rejected' } : { did: 'stale' })
    const foreseen = await retrying.foreseen(failingOver(({ text }) => text === 'bad 5'))
    expect(foreseen).toMatchObject({ rows: 5, isExact: true, sample: { applied: 0, stale: 2, rejected: 2 } })
    const ofOne = await retrying.foreseen(connector(), { ids: [await idOf('bad 5')] })
    expect(ofOne).toMatchObject({ rows: 1, sample: { stale: 1, rejected: 0 } })
    expect(await retrying.foreseen(connector(), { reason: 'too large' })).toMatchObject({ rows: 0, writeUnits: 0 })
    expect(at.texts).toEqual(['x'])
    expect(await at.dead()).toHaveLength(5)
  })

  test('of many rows is foreseen by some of them, early and late ones', async () => {
    for (const text of ['bad', 'bad and late']) {
      await at.append(...Array.from({ length: 200 }, (_, id) => insert(text.length * 1_000 + id, { text })))
      await deliverAll()
    }
    at.sink.answer = ({ write }) => ({ did: (write as Merge).fields.text === 'bad' ? 'stale' : 'applied' })
    const { rows, sample } = await retrying.foreseen()
    expect([rows, sample.stale, sample.applied]).toEqual([400, 50, 50])
  })

  test('for a connector that this process does not deliver for fails, and changes nothing', async () => {
    await at.append(insert(1, { text: 'bad' }))
    await deliverAll()
    await using _ = retrying.start(connector({}, 'other'))
    const run = await retrying.retried()
    expect(run.progress).toMatchObject({ state: 'failed', fault: { code: 'SCOPE_INVALID' } })
    expect(await at.dead()).toHaveLength(1)
  })
})

describe('dead letters', () => {
  test('are listed newest first, counted by reason, and found again by filters', async () => {
    at.sink.answer = ({ write }) =>
      (write as Merge).fields.text === 'big'
        ? { did: 'rejected', reason: `row ${(write as Merge).key[0]} is big` }
        : undefined
    await at.append(insert(11, { text: 'big' }), insert(12, { text: 'big' }), insert(3, { text: 'bad' }), insert(3))
    await deliverAll()
    const { letters, next, ...counts } = await retrying.letters.list({}, { limit: 3 })
    expect(counts.total).toBe(4)
    expect(counts.reasons[0]).toEqual({ reason: 'row C## is big', count: 2 })
    expect(new Set(counts.reasons.slice(1).map(({ reason, count }) => `${count} ${reason}`))).toEqual(
      new Set(['1 cannot be mapped: no such thing', '1 behind an earlier event of its row']),
    )
    expect(letters).toHaveLength(3)
    expect(letters.every(({ event }) => event?.table === 'comment' && [3, 11, 12].includes(Number(event.key.id)))).toBe(
      true,
    )
    const ages = letters.map(({ letter }) => letter.diedAtMs)
    expect(ages).toEqual(ages.toSorted((one, other) => other - one))
    const older = await retrying.letters.list({}, { limit: 3, before: next! })
    expect(older).toMatchObject({ ...counts, next: null })
    expect(new Set([...letters, ...older.letters].map(({ letter }) => deadLetterKey(letter))).size).toBe(4)
    const of = async (filter: object) => (await retrying.letters.list(filter, { limit: 10 })).total
    expect(await of({ reason: 'IS BIG' })).toBe(2)
    expect(await of({ connector: 'other' })).toBe(0)
    expect(await of({ topics: [TOPIC] })).toBe(4)
    expect(await of({ topics: ['millrace.app.other'] })).toBe(0)
  })

  test('are dropped with a note that stays on record', async () => {
    await at.append(insert(1, { text: 'bad 1' }), insert(2, { text: 'bad 2' }))
    await deliverAll()
    const id = await idOf('bad 1')
    await retrying.letters.drop([id], { note: 'a test row', by: 'ann' })
    expect((await at.dead()).map(deadLetterKey)).toEqual([await idOf('bad 2')])
    const notes = []
    for await (const { value } of at.log.latest(DROPPED)) notes.push(await at.records.unpack('dropped', value!))
    const about = { connector: 'feedback', topic: TOPIC, reason: 'cannot be mapped: no such thing', attempts: 1 }
    expect(notes).toEqual([{ id, ...about, note: 'a test row', by: 'ann', droppedAtMs: expect.any(Number) }])
  })

  test('of which one is unknown are not dropped, none of them', async () => {
    await at.append(insert(1, { text: 'bad' }))
    await deliverAll()
    const ids = [await idOf('bad'), 'feedback:x:0:7']
    const drop = retrying.letters.drop(ids, { note: 'a test row', by: 'ann' })
    await expect(drop).rejects.toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' })
    expect(await at.dead()).toHaveLength(1)
  })
})
