// Changes of items as their stream tells them, on both emulators.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../../src/core/event.ts'
import { itemOf } from '../../../src/core/item.ts'
import { itemMark } from '../../../src/core/item-mark.ts'
import { Transport } from '../../../src/dynamodb/transport.ts'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { openDynamodbLocal } from '../../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import { freshName } from '../../support/fresh-name.ts'
import { StreamTable } from '../../support/stream-table.ts'

const EMULATORS = { 'DynamoDB Local': openDynamodbLocal, 'the light emulator': openDynoxide }

describe.each(Object.entries(EMULATORS))('%s', (name, openServer) => {
  let server: Awaited<ReturnType<typeof openServer>>
  beforeAll(async () => {
    server = await openServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** The first events that follow a bookmark, and the bookmark behind them. */
  async function follow(table: string, from: string | null, count: number) {
    await using source = await openDynamodbSource({ endpoint: server.url, region: 'eu-central-1', tables: [table] })
    const stop = new AbortController()
    const events: ChangeEvent[] = []
    const setBack: unknown[] = []
    let bookmark = from
    for await (const batch of source.changes(from, stop.signal)) {
      events.push(...batch.events)
      setBack.push(...(batch.setBack ?? []).map(({ item }) => item.key))
      bookmark = batch.bookmark
      if (events.length >= count) break
    }
    stop.abort()
    return { events, bookmark, setBack }
  }

  const seen = (events: readonly ChangeEvent[]) =>
    events.map(({ op, before, after }) => [op, itemOf(before), itemOf(after)])

  test('inserts, updates and deletes come in order, with both images', async () => {
    using table = await StreamTable.create(server.url, { name: freshName('items'), key: ['id'] })
    const start = await follow(table.name, null, 0)
    await table.put({ id: 'a', count: 1, price: 1.25, tags: ['x', { y: true }], none: null })
    await table.update({ id: 'a' }, { count: 2 })
    await table.delete({ id: 'a' })
    const { events } = await follow(table.name, start.bookmark, 3)
    const item = { id: 'a', price: expect.objectContaining({ text: '1.25' }), tags: ['x', { y: true }], none: null }
    expect(seen(events)).toEqual([
      ['insert', null, { ...item, count: 1 }],
      ['update', { ...item, count: 1 }, { ...item, count: 2 }],
      ['delete', { ...item, count: 2 }, null],
    ])
    const positions = events.map(({ position }) => position)
    expect(positions).toEqual(positions.toSorted())
    expect(events.map(({ key }) => key)).toEqual([{ id: 'a' }, { id: 'a' }, { id: 'a' }])
  })

  test('resumed from a bookmark, it goes on behind what was handed out', async () => {
    using table = await StreamTable.create(server.url, { name: freshName('items'), key: ['pk', 'sk'] })
    const start = await follow(table.name, null, 0)
    for (let number = 0; number < 5; number++) await table.put({ pk: 'p', sk: `${number}` })
    const first = await follow(table.name, start.bookmark, 5)
    await table.put({ pk: 'p', sk: '5' })
    const second = await follow(table.name, first.bookmark, 1)
    expect(first.events.map(({ key }) => key.sk)).toEqual(['0', '1', '2', '3', '4'])
    expect(second.events.map(({ key }) => key.sk)).toEqual(['5'])
  })

  test("what the sink wrote is left out; an application's copy of it, and its own changes, are not", async () => {
    using table = await StreamTable.create(server.url, { name: freshName('items'), key: ['id'] })
    const start = await follow(table.name, null, 0)
    const marks = { mr_position: '0001', mr_key: itemMark(['a']) }
    await table.put({ id: 'a', title: 'ours', ...marks })
    await table.update({ id: 'a' }, { title: 'ours again', mr_position: '0002' })
    await table.update({ id: 'a' }, { title: 'resolved', mr_position_resolve: '0003', mr_contests: 'x' })
    await table.update({ id: 'a' }, { mr_cursor: 'x' })
    await table.put({ id: 'claim', holder: 'a', mr_created: 'x', mr_key: itemMark(['claim']) })
    await table.put({ id: 'mark', total: 3, mr_adopted: { attempt: 'x' }, mr_key: itemMark(['mark']) })
    await table.update({ id: 'a' }, { note: 'theirs' })
    await table.update({ id: 'a' }, { note: 'theirs' })
    await table.update({ id: 'claim' }, { holder: 'somebody' })
    await table.put({ id: 'a', title: 'an older state', ...marks })
    await table.put({ id: 'b', title: 'a copy', ...marks })
    await table.put({ id: 'c', title: 'a copy of a claim', mr_created: 'x', mr_key: itemMark(['claim']) })
    const { events, setBack } = await follow(table.name, start.bookmark, 5)
    expect(setBack).toEqual([['a']])
    const told = ({ key, after }: ChangeEvent) => {
      const { note, holder, title } = itemOf(after) ?? {}
      return [key.id, note ?? holder ?? title]
    }
    expect(events.map(told)).toEqual([
      ['a', 'theirs'],
      ['claim', 'somebody'],
      ['a', 'an older state'],
      ['b', 'a copy'],
      ['c', 'a copy of a claim'],
    ])
  })

  test('equal items are equal texts, whatever the order of their maps and sets, and every type comes through', async () => {
    using table = await StreamTable.create(server.url, { name: freshName('items'), key: ['id'] })
    const start = await follow(table.name, null, 0)
    const bytes = Uint8Array.from([0, 255, 7])
    const sets = (texts: string[], numbers: number[]) => ({ texts: new Set(texts), numbers: new Set(numbers) })
    await table.put({ id: 'a', bytes, list: [1, { b: 'é', a: false }], none: null, ...sets(['x', 'y'], [10, 9]) })
    await table.put({ id: 'b', ...sets(['y', 'x'], [9, 10]), none: null, list: [1, { a: false, b: 'é' }], bytes })
    const { events } = await follow(table.name, start.bookmark, 2)
    const [one, other] = events.map(({ after }) => String(after?.mr_item))
    expect(other).toBe(one?.replace('"S":"a"', '"S":"b"'))
    const item = { bytes, list: [1, { b: 'é', a: false }], none: null, texts: ['x', 'y'], numbers: [10, 9] }
    expect(itemOf(events[0]?.after ?? null)).toEqual({ id: 'a', ...item })
  })

  test('a stream that is turned off while it is read stops by name', async () => {
    using table = await StreamTable.create(server.url, { name: freshName('items'), key: ['id'] })
    await using source = await openDynamodbSource({
      endpoint: server.url,
      region: 'eu-central-1',
      tables: [table.name],
    })
    const transport = await Transport.open({ endpoint: server.url })
    const stop = new AbortController()
    const told: unknown[] = []
    let isOn = true
    const following = async () => {
      for await (const { events } of source.changes(null, stop.signal)) {
        told.push(...events.map(({ key }) => key.id))
        if (!isOn) continue
        isOn = false
        await table.put({ id: 'last' })
        const off = { TableName: table.name, StreamSpecification: { StreamEnabled: false } }
        await transport.call('UpdateTable', off, stop.signal)
      }
    }
    await expect(following()).rejects.toMatchObject({ code: 'STREAM_UNFIT' })
    stop.abort()
    transport.close()
    // The light emulator throws away what was not read yet.
    if (name === 'DynamoDB Local') expect(told).toEqual(['last'])
  })

  test('a table without a stream is named, with the command that gives it one', async () => {
    await using source = await openDynamodbSource({ endpoint: server.url, region: 'eu-central-1', tables: ['nowhere'] })
    expect(await source.check(['nowhere'])).toMatchObject([{ isOk: false, detail: 'it does not exist' }])
    const changes = source.changes(null, new AbortController().signal)[Symbol.asyncIterator]()
    await expect(changes.next()).rejects.toMatchObject({ code: 'STREAM_UNFIT' })
  })

  test('items are read page by page, or one by its key; those that are gone are told', async () => {
    using table = await StreamTable.create(server.url, { name: freshName('items'), key: ['pk', 'sk'] })
    for (let number = 0; number < 7; number++) await table.put({ pk: 'p', sk: `${number}`, odd: number % 2 })
    await using source = await openDynamodbSource({
      endpoint: server.url,
      region: 'eu-central-1',
      tables: [table.name],
    })
    const { signal } = new AbortController()
    const scope = { table: table.name, from: null, to: null, filters: [] }
    const found: unknown[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const page = await source.page({ scope, after: after ?? null, upTo: null, rowsMax: 3, run: 'r' }, signal)
      found.push(...page.events.map(({ op, key }) => [op, key.sk]))
      after = page.next
    }
    expect(found).toEqual(['0', '1', '2', '3', '4', '5', '6'].map((sk) => ['read', sk]))
    const one = { ...scope, from: ['p', '4'], to: ['p', '4'] }
    const page = await source.page({ scope: one, after: null, upTo: null, rowsMax: 3, run: 'r' }, signal)
    expect(page.events.map(({ after }) => itemOf(after))).toEqual([{ pk: 'p', sk: '4', odd: 0 }])
    const missing = await source.missing(
      {
        table: table.name,
        keys: [
          ['p', '4'],
          ['p', '9'],
        ],
        run: 'r',
      },
      signal,
    )
    expect(missing.events.map(({ op, key }) => [op, key.sk])).toEqual([['delete', '9']])
    const range = { ...scope, from: ['p', '1'], to: ['p', '4'] }
    await expect(
      source.page({ scope: range, after: null, upTo: null, rowsMax: 3, run: 'r' }, signal),
    ).rejects.toMatchObject({ code: 'SCOPE_INVALID' })
  })
})
