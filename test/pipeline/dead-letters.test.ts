import { beforeEach, describe, expect, test } from 'vitest'
import { deadLetterKey } from '../../src/core/dead-letter.ts'
import { ChangeEvent } from '../../src/core/event.ts'
import { encodeRow, RowImage } from '../../src/core/image.ts'
import { deadTopic } from '../../src/core/topic.ts'
import type { Merge } from '../../src/core/write.ts'
import { systemClock } from '../../src/pipeline/clock.ts'
import { connector, Delivering, failingOver, insert, inserts, shape, TOPIC } from '../support/delivering.ts'
import { until } from '../support/until.ts'

let at: Delivering

beforeEach(async () => {
  at = await Delivering.open()
  return () => at[Symbol.asyncDispose]()
})

describe('an event that cannot be delivered', () => {
  test('goes to the dead topic as it is, with its reason; other keys go on', async () => {
    await at.append(insert(1), insert(2), insert(3))
    await using _ = at.start(failingOver(({ id }) => id === 2))
    await at.caughtUp()
    expect(at.applied.toSorted()).toEqual(['C#1', 'C#3'])
    const [letter] = await at.dead()
    expect(letter).toMatchObject({ connector: 'feedback', reason: 'cannot be mapped: no such thing', attempts: 1 })
    const { key, value, cursor } = letter!
    expect((await (await at.openCodec()).decode({ topic: cursor.topic, key, value })).after).toMatchObject({ id: 2 })
  })

  test('keeps later events of its key behind it, in this batch and in later ones', async () => {
    await at.append(insert(1, { text: 'bad' }), insert(1), insert(2))
    await using _ = at.start(failingOver(({ text }) => text === 'bad'))
    await at.caughtUp()
    await at.append(insert(1), insert(2))
    await at.caughtUp()
    expect(at.applied).toEqual(['C#2', 'C#2'])
    const [first] = await at.dead()
    const cursor = `${first!.cursor.topicId}:${first!.cursor.partition}:${first!.cursor.offset}`
    expect(await at.reasons()).toEqual(['cannot be mapped: no such thing', `behind ${cursor}`, `behind ${cursor}`])
  })

  test('still holds its key back after a restart', async () => {
    await at.append(insert(1, { text: 'bad' }))
    const first = at.start(failingOver(({ text }) => text === 'bad'))
    await at.caughtUp()
    await first.stop()
    await at.append(insert(1))
    await using _ = at.start()
    await at.caughtUp()
    expect(at.applied).toEqual([])
    expect((await at.reasons())[1]).toMatch(/^behind /u)
  })

  test('holds its key back in a member that had the partition before, and has it again', async () => {
    await at.append(...inserts(20, {}))
    await using _ = at.start()
    await at.caughtUp()
    const other = at.start(failingOver(({ text }) => text === 'bad'))
    const parked = await until(
      async () => {
        await at.append(...inserts(20, { text: 'bad' }))
        await at.caughtUp()
        const letters = await at.dead()
        return letters.length > 0 ? new Set(letters.map(({ key }) => Buffer.from(key).toString('hex'))) : null
      },
      { what: 'the other member works' },
    )
    await other.stop()
    const before = at.sink.applied.length
    await at.append(...inserts(20, { text: 'good' }))
    await at.caughtUp()
    expect(at.sink.applied.length - before).toBe(20 - parked.size)
  })

  test('lets its key go on within a second of being dropped', async () => {
    let nowMs = 0
    await at.append(insert(1, { text: 'bad' }))
    await using _ = at.start(
      failingOver(({ text }) => text === 'bad'),
      { clock: { ...systemClock, nowMs: () => nowMs } },
    )
    await at.caughtUp()
    const dropped = (await at.dead()).map((letter) => Buffer.from(deadLetterKey(letter)))
    await at.write(...dropped.map((key) => ({ topic: deadTopic(TOPIC), key, value: null })))
    nowMs += 1_000
    await at.append(insert(1, { text: 'good' }))
    await at.caughtUp()
    expect(at.applied).toEqual(['C#1'])
  })

  test('does not hold back the same key of another connector', async () => {
    await at.append(insert(1, { text: 'bad' }), insert(1))
    await using _one = at.start(failingOver(({ text }) => text === 'bad'))
    await at.caughtUp()
    await using _two = at.start(connector({}, 'other'))
    await at.caughtUp('other')
    expect(at.applied).toEqual(['C#1', 'C#1'])
  })

  test('may be one that the target rejects; what followed it in its lane waits behind it', async () => {
    at.sink.answer = ({ write }) =>
      (write as Merge).fields.text === 'big' ? { did: 'rejected', reason: 'the item is larger than 400 KB' } : undefined
    await at.append(insert(1, { text: 'big' }), insert(1), insert(2))
    await using _ = at.start()
    await at.caughtUp()
    expect(at.applied).toEqual(['C#2'])
    expect(await at.reasons()).toEqual(['the item is larger than 400 KB', expect.stringMatching(/^behind .*:0$/u)])
  })

  test('keeps its own reason when a later event of its key is bad for another', async () => {
    at.sink.answer = ({ write }) =>
      (write as Merge).fields.text === 'big' ? { did: 'rejected', reason: 'too big' } : undefined
    await at.append(insert(1, { text: 'big' }), insert(1, { text: 'bad' }), insert(1))
    await using _ = at.start(failingOver(({ text }) => text === 'bad'))
    await at.caughtUp()
    expect(await at.reasons()).toEqual([
      'too big',
      'cannot be mapped: no such thing',
      expect.stringMatching(/^behind /u),
    ])
  })

  test('may be rejected in what followed from an identify', async () => {
    at.sink.answer = () => ({ did: 'applied', dependents: [{ did: 'rejected', reason: 'deep down' }] })
    await at.append(insert(1))
    await using _ = at.start()
    await at.caughtUp()
    expect(await at.reasons()).toEqual(['deep down'])
  })

  test.each([
    ['a row that could not be decoded', { fault: 'byte 0xff is not utf8' }, 'byte 0xff is not utf8'],
    ['a table without a primary key', { shape: { ...shape, key: [] } }, 'the table comment has no primary key'],
  ])('may be %s', async (_name, more, reason) => {
    const { parts } = insert(1)
    const changed = { ...parts, ...more }
    const image = new RowImage(changed.shape, encodeRow(changed.shape, { id: 1, text: 'x', session: null }))
    const keyImage = changed.shape.key.length === 0 ? image : parts.keyImage
    await at.append(new ChangeEvent({ ...changed, keyImage, afterImage: image }))
    await using _ = at.start()
    await at.caughtUp()
    expect(await at.reasons()).toEqual([reason])
    expect(at.applied).toEqual([])
  })

  test('stays in its topic alone when the dead topic has no room for it', async () => {
    const large = { topic: TOPIC, key: Buffer.from('k'), value: Buffer.alloc(8 * 1024 * 1024 - 10, 'no Avro') }
    await at.write(large)
    await using _ = at.start()
    await at.caughtUp()
    const [letter] = await at.dead()
    expect(letter).toMatchObject({ value: null, reason: expect.stringMatching(/see the record itself\)$/u) })
    expect(letter!.cursor).toMatchObject({ topic: TOPIC, offset: 0 })
  })

  test('may be bytes that nobody can read', async () => {
    await at.write({ topic: TOPIC, key: Buffer.from('k'), value: Buffer.from('{"id":1}') })
    await at.append(insert(2))
    await using _ = at.start()
    await at.caughtUp()
    expect(await at.reasons()).toEqual([`a record of ${TOPIC} cannot be read: it does not begin as Avro does`])
    expect((await at.dead())[0]!.value).toEqual(Buffer.from('{"id":1}'))
    expect(at.applied).toEqual(['C#2'])
  })
})
