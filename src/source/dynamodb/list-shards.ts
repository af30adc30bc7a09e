// All shards that a stream lists, in no order that anybody promises.

import type { Transport } from '../../dynamodb/transport.ts'

export interface Listing {
  readonly shards: readonly ListedShard[]
  /** False once nothing more will ever be written to the stream. */
  readonly isOn: boolean
}

export interface ListedShard {
  readonly ShardId: string
  readonly ParentShardId?: string
}

interface Answer {
  readonly StreamDescription?: {
    readonly StreamStatus?: string
    readonly Shards?: readonly ListedShard[]
    readonly LastEvaluatedShardId?: string
  }
}

export async function listShards(transport: Transport, StreamArn: string, signal: AbortSignal): Promise<Listing> {
  const shards: ListedShard[] = []
  let isOn = true
  let last: string | undefined
  do {
    const input = { StreamArn, ...(last === undefined ? {} : { ExclusiveStartShardId: last }) }
    const { StreamDescription: described } = await transport.call<Answer>('DescribeStream', input, signal)
    shards.push(...(described?.Shards ?? []))
    isOn = described?.StreamStatus !== 'DISABLED'
    last = described?.LastEvaluatedShardId
  } while (last !== undefined)
  return { shards, isOn }
}
