// The yardstick of reading: signed requests on one connection, whose answers are parsed.

import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { Signer } from '../../../src/dynamodb/signer.ts'
import { contend } from '../contender.ts'
import { readStream } from './reading.ts'
import type { StreamJob } from './stream-job.ts'

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

contend<StreamJob>(async (job, meter) => {
  const { stream: StreamArn } = job
  const url = new URL(job.endpoint)
  const agent = new Agent({ keepAlive: true })
  const signer = new Signer('eu-central-1')
  const call = async <Answer>(operation: string, input: object): Promise<Answer> => {
    const body = JSON.stringify(input)
    const target = `DynamoDBStreams_20120810.${operation}`
    const headers = signer.sign({ host: url.host, target, body }, CREDENTIALS, Date.now())
    const outgoing = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } })
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer)), reject)
    })
    outgoing.end(body)
    return promise
  }
  const calls = {
    shards: async () => {
      const { StreamDescription } = await call<Described>('DescribeStream', { StreamArn })
      return StreamDescription.Shards.map(({ ShardId }) => ShardId)
    },
    iterator: async (ShardId: string) => {
      const asked = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
      return (await call<{ readonly ShardIterator: string }>('GetShardIterator', asked)).ShardIterator
    },
    page: async (ShardIterator: string) => {
      const { Records, NextShardIterator } = await call<Records>('GetRecords', { ShardIterator })
      return { records: Records.length, next: NextShardIterator ?? null }
    },
  }
  await readStream(job, calls, meter)
  agent.destroy()
})

interface Described {
  readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] }
}

interface Records {
  readonly Records: readonly object[]
  readonly NextShardIterator?: string
}
