// A walk through a table in segments: every item once, from any of its bookmarks on.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { Transport } from '../../../src/dynamodb/transport.ts'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { segmentedScan, segmentsFor } from '../../../src/source/dynamodb/segmented-scan.ts'
import { freshName } from '../../support/fresh-name.ts'
import { sharedDynamodbLocal, sharedDynoxide } from '../../support/shared-server.ts'
import { StreamTable } from '../../support/stream-table.ts'

const MB = 1024 * 1024
const { signal } = new AbortController()
let opened: AsyncDisposableStack
beforeEach(() => {
  opened = new AsyncDisposableStack()
})
afterEach(() => opened.disposeAsync())

test.each([
  [0, 1],
  [32 * MB, 1],
  [33 * MB, 2],
  [1024 * MB, 8],
])('a table of %i bytes is read in %i segments', (bytes, count) => {
  expect(JSON.parse(segmentsFor(bytes)).segments).toHaveLength(count)
})

test.each([
  ['DynamoDB Local', sharedDynamodbLocal],
  ['the light emulator', sharedDynoxide],
])(
  'on %s each page takes a part of every segment, and all of them together every item once',
  async (_name, openServer) => {
    const { url: endpoint } = await openServer()
    const table = opened.use(await StreamTable.create(endpoint, { name: freshName('items'), key: ['id'] }))
    const ids = Array.from({ length: 40 }, (_, number) => String(number))
    await Promise.all(ids.map((id) => table.put({ id })))
    const transport = opened.adopt(await Transport.open({ endpoint }), (one) => one.close())
    const pageAt = (at: string) => segmentedScan(transport, { table: table.name, at, rowsMax: 8, signal })
    const bookmarks = [segmentsFor(3 * 32 * MB)]
    const found: (string | undefined)[][] = []
    for (let at: string | null | undefined = bookmarks[0]; at != null; ) {
      const page = await pageAt(at)
      expect(page.items.length).toBeLessThanOrEqual(8)
      found.push(page.items.map(({ id }) => id?.S))
      at = page.next
      if (at !== null) bookmarks.push(at)
    }
    expect(found.flat().toSorted()).toEqual(ids.toSorted())
    expect(bookmarks.length).toBeGreaterThan(4)
    // From a bookmark in the middle exactly the same follows.
    const middle = 2
    const again = await pageAt(bookmarks[middle] ?? '')
    expect(again.items.map(({ id }) => id?.S)).toEqual(found[middle])
  },
)

test('the bookmark of a release without segments goes on where it stood; one of something else is refused by name', async () => {
  const { url: endpoint } = await sharedDynamodbLocal()
  const table = opened.use(await StreamTable.create(endpoint, { name: freshName('items'), key: ['pk', 'sk'] }))
  for (let number = 0; number < 5; number++) await table.put({ pk: 'p', sk: `${number}` })
  const place = { endpoint, region: 'eu-central-1', tables: [table.name] }
  const source = opened.use(await openDynamodbSource(place))
  const scope = { table: table.name, from: null, to: null, filters: [] }
  const pageAfter = (after: string) => source.page({ scope, after, upTo: null, rowsMax: 9, run: 'r' }, signal)
  const { events, next } = await pageAfter(JSON.stringify({ pk: { S: 'p' }, sk: { S: '2' } }))
  expect(events.map(({ key }) => key.sk)).toEqual(['3', '4'])
  expect(next).toBeNull()
  await expect(pageAfter('{"segments":7}')).rejects.toMatchObject({ code: 'BOOKMARK_UNREADABLE' })
})

test('a key of bytes is gone on from, as it is kept now and as it was kept before', async () => {
  const { url: endpoint } = await sharedDynamodbLocal()
  const transport = opened.adopt(await Transport.open({ endpoint }), (one) => one.close())
  const table = freshName('items')
  await transport.call(
    'CreateTable',
    {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'B' }],
    },
    signal,
  )
  for (const B of ['AA==', 'AQ==', 'Ag==']) {
    await transport.call('PutItem', { TableName: table, Item: { id: { B } } }, signal)
  }
  const pageAt = (at: string) => segmentedScan(transport, { table, at, rowsMax: 2, signal })
  const first = await pageAt(segmentsFor(0))
  const last = first.items.at(-1)?.id?.B
  const rest = await pageAt(first.next ?? '')
  expect([...first.items, ...rest.items].map(({ id }) => id?.B).toSorted()).toEqual(['AA==', 'AQ==', 'Ag=='])
  expect((await pageAt(JSON.stringify({ id: { B: `bytes:${last}` } }))).items).toEqual(rest.items)
})
