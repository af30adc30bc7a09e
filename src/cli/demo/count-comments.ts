// How many comments the demo's table holds, counted in DynamoDB itself.

import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import type { Config } from '../../config.ts'

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' }

export async function countComments({ dynamodbEndpoint, region }: Config, table: string): Promise<number> {
  const client = new DynamoDBClient({
    ...(dynamodbEndpoint === null ? {} : { endpoint: dynamodbEndpoint }),
    ...(region === null ? {} : { region }),
    ...(process.env.AWS_ACCESS_KEY_ID === undefined ? { credentials: LOCAL } : {}),
  })
  try {
    let count = 0
    const comments = { FilterExpression: 'attribute_exists(original_review_id)', Select: 'COUNT' } as const
    for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true, ...comments })) {
      count += page.Count ?? 0
    }
    return count
  } finally {
    client.destroy()
  }
}
