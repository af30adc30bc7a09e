import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'

test.each([
  { title: 'DynamoDB Local', open: openDynamodbLocal },
  { title: 'the light emulator', open: openDynoxide },
])('$title answers the SDK until it is disposed of', async ({ open }) => {
  const server = await open()
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  expect((await client.send(new ListTablesCommand())).TableNames).toEqual([])
  const pid = server.pid!
  await server[Symbol.asyncDispose]()
  await expect(fetch(server.url)).rejects.toThrow()
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/u)
})
