// The same by the SDK's own client.

import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { contend } from '../contender.ts'
import { readStream } from './reading.ts'
import type { StreamJob } from './stream-job.ts'

contend<StreamJob>(async (job, meter) => {
  const { endpoint, stream: StreamArn } = job
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBStreamsClient({ endpoint, region: 'eu-central-1', credentials })
  const calls = {
    shards: async () => {
      const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }))
      return (StreamDescription?.Shards ?? []).map(({ ShardId }) => ShardId ?? '')
    },
    iterator: async (ShardId: string) => {
      const asked = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const
      return (await client.send(new GetShardIteratorCommand(asked))).ShardIterator ?? ''
    },
    page: async (ShardIterator: string) => {
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }))
      return { records: Records.length, next: NextShardIterator ?? null }
    },
  }
  await readStream(job, calls, meter)
  client.destroy()
})
