// A peer that speaks DynamoDB Streams and does what the emulators do not: shards split, merge and end, answers come in
// pages and out of order, iterators expire, records are trimmed, and requests fail as they are told to.

import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface ScriptedShard {
  readonly id: string
  readonly parent: string | null
  readonly records: ScriptedRecord[]
  isEnded: boolean
  /** So many of the first records are gone. */
  trimmed: number
}

interface ScriptedRecord {
  readonly sequence: string
  readonly id: string
  readonly value: number
}

interface Asked {
  readonly ShardId?: string
  readonly ShardIteratorType?: string
  readonly SequenceNumber?: string
  readonly ShardIterator?: string
  readonly ExclusiveStartShardId?: string
}

export class ScriptedStreams implements AsyncDisposable {
  readonly url: string
  readonly calls: string[] = []
  stream = 'arn:aws:dynamodb:eu-central-1:1:table/items/stream/1'
  viewType = 'NEW_AND_OLD_IMAGES'
  isEnabled = true
  shardsPerPage = 100
  recordsPerPage = 1_000
  readonly #server: Server
  readonly #shards: ScriptedShard[] = []
  /** What the next request of an operation is answered with. */
  readonly #faults = new Map<string, { readonly status: number; readonly name: string }[]>()
  #generation = 0

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async open(): Promise<ScriptedStreams> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const peer = new ScriptedStreams(server)
    server.on('request', (request, response) => {
      void peer.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body))
      })
    })
    return peer
  }

  shard(id: string, parent: string | null = null): void {
    this.#shards.push({ id, parent, records: [], isEnded: false, trimmed: 0 })
  }

  put(shard: string, record: ScriptedRecord): void {
    this.#find(shard).records.push(record)
  }

  end(shard: string): void {
    this.#find(shard).isEnded = true
  }

  trim(shard: string, records: number): void {
    this.#find(shard).trimmed = records
  }

  forget(shard: string): void {
    this.#shards.splice(this.#shards.indexOf(this.#find(shard)), 1)
  }

  /** The newest first, as nobody promises anything else. */
  reverse(): void {
    this.#shards.reverse()
  }

  expireIterators(): void {
    this.#generation++
  }

  fail(operation: string, fault: { readonly status: number; readonly name: string }, times = 1): void {
    const faults = this.#faults.get(operation) ?? []
    this.#faults.set(operation, [...faults, ...Array.from({ length: times }, () => fault)])
  }

  #find(id: string): ScriptedShard {
    const shard = this.#shards.find((one) => one.id === id)
    if (shard === undefined) throw new RangeError(`there is no shard ${id}`)
    return shard
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const asked = JSON.parse(await text(request)) as Asked
    this.calls.push(`${operation} ${asked.ShardId ?? asked.ShardIterator?.split(' ')[1] ?? ''}`.trim())
    const fault = this.#faults.get(operation)?.shift()
    if (fault !== undefined) return failure(fault.status, fault.name)
    switch (operation) {
      case 'DescribeTable':
        return { status: 200, body: { Table: this.#table() } }
      case 'DescribeStream':
        return { status: 200, body: { StreamDescription: this.#describe(asked) } }
      case 'GetShardIterator':
        return this.#iterator(asked)
      default:
        return this.#records(asked)
    }
  }

  #table(): object {
    return {
      TableName: 'items',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      LatestStreamArn: this.stream,
      StreamSpecification: { StreamEnabled: this.isEnabled, StreamViewType: this.viewType },
    }
  }

  #describe({ ExclusiveStartShardId: after }: Asked): object {
    const start = after === undefined ? 0 : this.#shards.findIndex(({ id }) => id === after) + 1
    const page = this.#shards.slice(start, start + this.shardsPerPage)
    const isLast = start + page.length >= this.#shards.length
    return {
      Shards: page.map(({ id, parent }) => ({ ShardId: id, ...(parent === null ? {} : { ParentShardId: parent }) })),
      ...(isLast ? {} : { LastEvaluatedShardId: page.at(-1)?.id }),
    }
  }

  #iterator({ ShardId: id = '', ShardIteratorType: type, SequenceNumber: after }: Asked) {
    const shard = this.#shards.find((one) => one.id === id)
    if (shard === undefined) return failure(400, 'ResourceNotFoundException')
    const found = shard.records.findIndex(({ sequence }) => sequence === after)
    const at = type === 'TRIM_HORIZON' ? shard.trimmed : found + 1
    if (at < shard.trimmed) return failure(400, 'TrimmedDataAccessException')
    return { status: 200, body: { ShardIterator: `${this.#generation} ${id} ${at}` } }
  }

  #records({ ShardIterator: iterator = '' }: Asked) {
    const [generation, id = '', at = '0'] = iterator.split(' ')
    if (Number(generation) !== this.#generation) return failure(400, 'ExpiredIteratorException')
    const shard = this.#find(id)
    if (Number(at) < shard.trimmed) return failure(400, 'TrimmedDataAccessException')
    const page = shard.records.slice(Number(at), Number(at) + this.recordsPerPage)
    const next = Number(at) + page.length
    const isOver = shard.isEnded && next >= shard.records.length
    return {
      status: 200,
      body: { Records: page.map(recordOf), ...(isOver ? {} : { NextShardIterator: `${generation} ${id} ${next}` }) },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function recordOf({ sequence, id, value }: ScriptedRecord): object {
  return {
    eventName: 'INSERT',
    dynamodb: {
      ApproximateCreationDateTime: Date.now() / 1_000,
      Keys: { id: { S: id } },
      NewImage: { id: { S: id }, value: { N: String(value) } },
      SequenceNumber: sequence,
    },
  }
}

function failure(status: number, name: string): { status: number; body: object } {
  return { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `${name}, as it was told to` } }
}
