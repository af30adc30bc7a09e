import {
  BatchExecuteStatementCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DynamodbProxy, openDynamodbProxy } from '../support/dynamodb-proxy.ts'
import { freshName } from '../support/fresh-name.ts'
import { sharedDynoxide } from '../support/shared-server.ts'

const TableName = freshName('faulty')
let proxy: DynamodbProxy
let client: DynamoDBClient

beforeAll(async () => {
  proxy = await openDynamodbProxy((await sharedDynoxide()).url)
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  client = new DynamoDBClient({ endpoint: proxy.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
  )
})

beforeEach(() => {
  proxy.plan = () => null
})

afterAll(async () => {
  client.destroy()
  await proxy[Symbol.asyncDispose]()
})

test('a throttled request reaches the SDK under its name and changes nothing', async () => {
  proxy.plan = () => ({ kind: 'error', type: 'ThrottlingException' })
  await expect(put('throttled')).rejects.toMatchObject({ name: 'ThrottlingException' })
  expect(await isThere('throttled')).toBe(false)
})

test('an answer is lost after the write was carried out', async () => {
  proxy.plan = ({ operation }) => (operation === 'PutItem' ? { kind: 'reset', when: 'after' } : null)
  await expect(put('lost')).rejects.toThrow(/ECONNRESET|socket hang up/u)
  expect(await isThere('lost')).toBe(true)
})

test('an answer breaks off in its middle', async () => {
  proxy.plan = () => ({ kind: 'reset', when: 'midway' })
  await expect(put('midway')).rejects.toThrow()
  expect(await isThere('midway')).toBe(true)
})

test('a connection is reset before the request is carried out', async () => {
  proxy.plan = () => ({ kind: 'reset', when: 'before' })
  await expect(put('never')).rejects.toThrow(/ECONNRESET|socket hang up/u)
  expect(await isThere('never')).toBe(false)
})

test('single statements of a batch are throttled inside a good answer', async () => {
  proxy.plan = ({ operation }) =>
    operation === 'BatchExecuteStatement' ? { kind: 'statements', failed: [0, 2] } : null
  const Statements = ['s0', 's1', 's2'].map((pk) => ({
    Statement: `INSERT INTO "${TableName}" VALUE {'pk': ?}`,
    Parameters: [{ S: pk }],
  }))
  const { Responses } = await client.send(new BatchExecuteStatementCommand({ Statements }))
  expect(Responses?.map(({ Error: error }) => error?.Code)).toEqual([
    'ProvisionedThroughputExceeded',
    undefined,
    'ProvisionedThroughputExceeded',
  ])
  expect([await isThere('s0'), await isThere('s1'), await isThere('s2')]).toEqual([false, true, false])
})

test('items of a batch come back unprocessed', async () => {
  proxy.plan = ({ operation }) => (operation === 'BatchWriteItem' ? { kind: 'unprocessed', carriedOut: 1 } : null)
  const items = ['u0', 'u1'].map((pk) => ({ PutRequest: { Item: { pk: { S: pk } } } }))
  const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: items } }))
  expect(UnprocessedItems).toEqual({ [TableName]: [items[1]] })
  expect([await isThere('u0'), await isThere('u1')]).toEqual([true, false])
})

test('a transaction is cancelled with its reasons', async () => {
  proxy.plan = () => ({ kind: 'cancel', reasons: { 1: 'TransactionConflict' } })
  const TransactItems = ['t0', 't1'].map((pk) => ({ Put: { TableName, Item: { pk: { S: pk } } } }))
  await expect(client.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  })
  expect(await isThere('t0')).toBe(false)
})

test('the plan sees each call, counted within its operation', async () => {
  const before = proxy.calls.length
  proxy.plan = ({ nth, operation }) => (operation === 'Nothing' && nth === 1 ? { kind: 'delay', ms: 1 } : null)
  await put('counted')
  await put('counted')
  const [first, second] = proxy.calls.slice(before)
  expect(second?.nth).toBe(first!.nth + 1)
})

function put(pk: string): Promise<unknown> {
  return client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk } } }))
}

async function isThere(pk: string): Promise<boolean> {
  proxy.plan = () => null
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }))
  return Item !== undefined
}
