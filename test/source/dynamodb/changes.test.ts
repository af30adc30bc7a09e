// Changes of items as their stream tells them, on both emulators.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../../src/core/event.ts'
import { itemOf } from '../../../src/core/item.ts'
import { itemMark } from '../../../src/core/item-mark.ts'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { openDynamodbLocal } from '../../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../../src/stack/dynoxide.ts'
import { freshName } from '../../support/fresh-name.ts'
import { StreamTable } from '../../support/stream-table.ts'

const EMULATORS = { 'DynamoDB Local': openDynamodbLocal, 'the light emulator': openDynoxide }

describe.each(Object.entries(EMULATORS))('%s', (_name, openServer) => {
  let server: Awaited<ReturnType<typeof openServer>>
  beforeAll(async () => {
    server = await openServer()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** The first events that follow a bookmark, and the bookmark behind them. */
  async function follow(table: string, from: string | null, count: number) {
    await using source = openDynamodbSource({ endpoint: server.url, region: 'eu-central-1', tables: [table] })
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
    for (let number = 0; number < 5; number++) await table.put({ pk: 'p', sk: `${number}` })
    const first = await follow(table.name, null, 5)
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
    await table.update({ id: 'a' }, { mr_cursor: 'x' })
    await table.update({ id: 'a' }, { note: 'theirs' })
    await table.put({ id: 'a', title: 'an older state', ...marks })
    await table.put({ id: 'b', title: 'a copy', ...marks })
    const { events, setBack } = await follow(table.name, start.bookmark, 3)
    expect(setBack).toEqual([['a']])
    expect(events.map(({ key, after }) => [key.id, itemOf(after)?.note ?? itemOf(after)?.title])).toEqual([
      ['a', 'theirs'],
      ['a', 'an older state'],
      ['b', 'a copy'],
    ])
  })

  test('a table without a stream is named, with the command that gives it one', async () => {
    await using source = openDynamodbSource({ endpoint: server.url, region: 'eu-central-1', tables: ['nowhere'] })
    expect(await source.check(['nowhere'])).toMatchObject([{ isOk: false, detail: 'it does not exist' }])
    const changes = source.changes(null, new AbortController().signal)[Symbol.asyncIterator]()
    await expect(changes.next()).rejects.toMatchObject({ code: 'STREAM_UNFIT' })
  })

  test('items are read page by page, or one by its key; those that are gone are told', async () => {
    using table = await StreamTable.create(server.url, { name: freshName('items'), key: ['pk', 'sk'] })
    for (let number = 0; number < 7; number++) await table.put({ pk: 'p', sk: `${number}`, odd: number % 2 })
    await using source = openDynamodbSource({ endpoint: server.url, region: 'eu-central-1', tables: [table.name] })
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
