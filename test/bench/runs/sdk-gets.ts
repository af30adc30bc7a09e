// The yardstick of what DynamoDB gives: the same items by key, 100 to a request, which nobody looks at.

import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { keyItem } from '../apply/sdk-sending.ts'
import { contend } from '../contender.ts'
import type { RunsJob } from './runs-job.ts'

const IN_FLIGHT = 8
const ITEMS_EACH = 100

contend<RunsJob>(async ({ endpoint, table, rows }, meter) => {
  const client = new DynamoDBClient({
    ...{ endpoint, region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: IN_FLIGHT } },
  })
  let next = 0
  let read = 0
  const getNext = async () => {
    while (next < rows) {
      const ids = Array.from({ length: Math.min(ITEMS_EACH, rows - next) }, (_, index) => next + index)
      next += ids.length
      const { Responses } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: ids.map(keyItem) } } }),
      )
      read += Responses?.[table]?.length ?? 0
      meter.done(read)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, getNext))
  client.destroy()
  if (read !== rows) throw new Error(`${read} of ${rows} items were read`)
})
