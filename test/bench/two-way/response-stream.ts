// A stream with responses in it, made first on a fresh server: on one that has seen writes a stream is slow to fill.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { openDynamodbSource } from '../../../src/source/dynamodb/dynamodb-source.ts'
import { parseBookmark } from '../../../src/source/dynamodb/stream-bookmark.ts'
import { StreamTable } from '../../support/stream-table.ts'
import { KEY, RESPONSES, response } from './responses.ts'
import type { StreamJob } from './stream-job.ts'

const REGION = 'eu-central-1'
const ITEMS_EACH = 25
const IN_FLIGHT = 8

export async function fillStream(endpoint: string, records: number): Promise<StreamJob> {
  using table = await StreamTable.create(endpoint, { name: RESPONSES, key: KEY })
  await using source = await openDynamodbSource({ endpoint, region: REGION, tables: [table.name] })
  const { bookmark } = await source.restart(null)
  const client = new DynamoDBClient({
    ...{ endpoint, region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: IN_FLIGHT } },
  })
  const documents = DynamoDBDocumentClient.from(client)
  let next = 1
  const fill = async () => {
    while (next <= records) {
      const ids = Array.from({ length: Math.min(ITEMS_EACH, records - next + 1) }, (_, index) => next + index)
      next += ids.length
      const puts = ids.map((id) => ({ PutRequest: { Item: response(id) } }))
      await documents.send(new BatchWriteCommand({ RequestItems: { [table.name]: puts } }))
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, fill))
  client.destroy()
  return { endpoint, stream: parseBookmark(bookmark).tables[table.name]?.stream ?? '', bookmark, records }
}
