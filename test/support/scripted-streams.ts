// A peer that speaks DynamoDB Streams and does what the emulators do not: shards split, merge and end, answers come in
// pages and out of order, iterators expire, records are trimmed, and requests fail as they are told to.

import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface ScriptedShard {
  readonly id: string
  readonly parent: string | null
  readonly records: object[]
  isEnded: boolean
  /** So many of the first records are gone. */
  trimmed: number
  /** So many listings more leave it out. */
  unlisted: number
}

export interface ScriptedRecord {
  readonly sequence: string
  readonly id: string
  readonly value: number
  /** When it was changed; now when left out. */
  readonly atMs?: number
  /** As DynamoDB counts it: what a page of 1 MB is cut by. */
  readonly bytes?: number
}

interface Asked {
  readonly StreamArn?: string
  readonly ShardId?: string
  readonly ShardIteratorType?: string
  readonly SequenceNumber?: string
  readonly ShardIterator?: string
  readonly ExclusiveStartShardId?: string
}

interface Answer {
  readonly status: number
  readonly body: object
}

const PAGE_BYTES = 1024 * 1024

export class ScriptedStreams implements AsyncDisposable {
  readonly url: string
  readonly calls: string[] = []
  stream = 'arn:aws:dynamodb:eu-central-1:1:table/items/stream/1'
  /** Of the table; the same as the stream when null. */
  latestStream: string | null = null
  status = 'ENABLED'
  viewType = 'NEW_AND_OLD_IMAGES'
  isEnabled = true
  shardsPerPage = 100
  recordsPerPage = 1_000
  /** So many pages behind a new iterator are empty, of every shard or of one. */
  emptyPages = 0
  emptyShard: string | null = null
  /** Who asks for the latest record of an empty shard is told that it was trimmed. */
  hasNoLatest = false
  /** Hears of each request before it is answered. */
  onCall: (operation: string) => void = () => undefined
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
    this.#shards.push({ id, parent, records: [], isEnded: false, trimmed: 0, unlisted: 0 })
  }

  put(shard: string, record: ScriptedRecord): void {
    this.putRaw(shard, recordOf(record))
  }

  putRaw(shard: string, record: object): void {
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

  /** It is there, and the next listings do not say so. */
  leaveOut(shard: string, listings = 1): void {
    this.#find(shard).unlisted = listings
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

  async #answer(request: IncomingMessage): Promise<Answer> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const asked = JSON.parse(await text(request)) as Asked
    this.calls.push(`${operation} ${asked.ShardId ?? asked.ShardIterator?.split(' ')[1] ?? ''}`.trim())
    this.onCall(operation)
    const fault = this.#faults.get(operation)?.shift()
    if (fault !== undefined) return failure(fault.status, fault.name)
    if (operation === 'DescribeTable') return { status: 200, body: { Table: this.#table() } }
    if (operation === 'GetRecords') return this.#records(asked)
    if (asked.StreamArn !== this.stream) return failure(400, 'ResourceNotFoundException')
    if (operation === 'GetShardIterator') return this.#iterator(asked)
    return { status: 200, body: { StreamDescription: this.#describe(asked) } }
  }

  #table(): object {
    return {
      TableName: 'items',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      LatestStreamArn: this.latestStream ?? this.stream,
      StreamSpecification: { StreamEnabled: this.isEnabled, StreamViewType: this.viewType },
    }
  }

  #describe({ ExclusiveStartShardId: after }: Asked): object {
    const start = after === undefined ? 0 : this.#shards.findIndex(({ id }) => id === after) + 1
    const page = this.#shards.slice(start, start + this.shardsPerPage)
    const isLast = start + page.length >= this.#shards.length
    const listed = page.filter((shard) => shard.unlisted-- <= 0)
    return {
      StreamStatus: this.status,
      Shards: listed.map(({ id, parent }) => ({ ShardId: id, ...(parent === null ? {} : { ParentShardId: parent }) })),
      ...(isLast ? {} : { LastEvaluatedShardId: page.at(-1)?.id }),
    }
  }

  #iterator({ ShardId: id = '', ShardIteratorType: type, SequenceNumber: after }: Asked): Answer {
    const shard = this.#shards.find((one) => one.id === id)
    if (shard === undefined) return failure(400, 'ResourceNotFoundException')
    const { records, trimmed } = shard
    if (type === 'LATEST' && this.hasNoLatest && records.length === 0) return failure(400, 'TrimmedDataAccessException')
    const found = records.findIndex((record) => sequenceOf(record) === after)
    const at = { TRIM_HORIZON: trimmed, LATEST: records.length }[type ?? ''] ?? found + 1
    // Behind a record that is gone nothing can be found, whether or not what followed it is there.
    if (at <= trimmed && found !== -1) return failure(400, 'TrimmedDataAccessException')
    const isEmpty = type !== 'LATEST' && (this.emptyShard ?? id) === id
    const empty = isEmpty ? this.emptyPages : 0
    return { status: 200, body: { ShardIterator: `${this.#generation} ${id} ${at} ${empty}` } }
  }

  #records({ ShardIterator: iterator = '' }: Asked): Answer {
    const [generation, id = '', from = '0', empty = '0'] = iterator.split(' ')
    if (Number(generation) !== this.#generation) return failure(400, 'ExpiredIteratorException')
    const shard = this.#shards.find((one) => one.id === id)
    if (shard === undefined) return failure(400, 'ResourceNotFoundException')
    const at = Number(from)
    if (at < shard.trimmed) return failure(400, 'TrimmedDataAccessException')
    const page = Number(empty) > 0 ? [] : this.#page(shard.records.slice(at, at + this.recordsPerPage))
    const next = at + page.length
    const isOver = Number(empty) <= 0 && shard.isEnded && next >= shard.records.length
    const follows = isOver ? {} : { NextShardIterator: `${generation} ${id} ${next} ${Number(empty) - 1}` }
    return { status: 200, body: { Records: page, ...follows } }
  }

  #page(records: readonly object[]): readonly object[] {
    let bytes = 0
    const tooMuch = records.findIndex((record) => {
      bytes += bytesOf(record)
      return bytes > PAGE_BYTES
    })
    return tooMuch === -1 ? records : records.slice(0, Math.max(1, tooMuch))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function recordOf({ sequence, id, value, atMs = Date.now(), bytes = 100 }: ScriptedRecord): object {
  return {
    eventName: 'INSERT',
    dynamodb: {
      ApproximateCreationDateTime: atMs / 1_000,
      Keys: { id: { S: id } },
      NewImage: { id: { S: id }, value: { N: String(value) } },
      SequenceNumber: sequence,
      SizeBytes: bytes,
    },
  }
}

interface Told {
  readonly dynamodb?: { readonly SequenceNumber?: string; readonly SizeBytes?: number }
}

function sequenceOf(record: Told): string | undefined {
  return record.dynamodb?.SequenceNumber
}

function bytesOf(record: Told): number {
  return record.dynamodb?.SizeBytes ?? 0
}

function failure(status: number, name: string): Answer {
  return { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `${name}, as it was told to` } }
}
