// A DynamoDB table of its own for a test of the sink: read and filled as an application would, with sinks upon it.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { TargetTable } from '../../src/core/connector.ts'
import { position } from '../../src/core/position.ts'
import type { ItemKey, Write } from '../../src/core/write.ts'
import { createTables } from '../../src/sink/dynamodb/create-tables.ts'
import { type DynamodbSinkOptions, openDynamodbSink } from '../../src/sink/dynamodb/dynamodb-sink.ts'
import type { Outcome, PlacedWrite, Sink } from '../../src/sink/sink.ts'
import { TableWrites } from './table-writes.ts'

export type StoredRow = Record<string, unknown> & { readonly pk: string; readonly sk: string }

export interface Place {
  /** Age of the row's version; the offset when left out. */
  readonly at?: number
  readonly offset: number
  readonly partition?: number
  readonly topicId?: string
  readonly lane?: string
  /** 0 when left out: nothing is committed. */
  readonly since?: number
}

const OWNS = [
  'name',
  'text',
  'rating',
  'kind',
  'nested',
  'total',
  'sum',
  'count',
  'mean',
  'newest',
  'people',
  'other_*',
]

export class SinkTable extends TableWrites implements AsyncDisposable {
  readonly #endpoint: string
  readonly #client: DynamoDBClient
  readonly #documents: DynamoDBDocumentClient
  readonly #sinks: Sink[] = []

  constructor(endpoint: string) {
    super()
    this.#endpoint = endpoint
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    this.#client = new DynamoDBClient({ endpoint, region: 'local', credentials })
    this.#documents = DynamoDBDocumentClient.from(this.#client)
  }

  get targets(): Readonly<Record<string, TargetTable>> {
    return { [this.name]: { key: ['pk', 'sk'], owns: OWNS } }
  }

  async create(): Promise<this> {
    await createTables({ endpoint: this.#endpoint, region: 'local', targets: this.targets })
    return this
  }

  /** Another sink upon this table, by way of `endpoint` when a proxy stands before it. */
  async sink(options: Partial<DynamodbSinkOptions> = {}): Promise<Sink> {
    const sink = await openDynamodbSink({
      endpoint: this.#endpoint,
      region: 'local',
      targets: this.targets,
      ...options,
    })
    this.#sinks.push(sink)
    return sink
  }

  /** As an application writes. */
  async put(item: StoredRow): Promise<void> {
    await this.#documents.send(new PutCommand({ TableName: this.name, Item: item }))
  }

  async set([pk, sk]: ItemKey, name: string, value: unknown): Promise<void> {
    await this.#documents.send(
      new UpdateCommand({
        TableName: this.name,
        Key: { pk, sk },
        UpdateExpression: 'SET #n = :v',
        ExpressionAttributeNames: { '#n': name },
        ExpressionAttributeValues: { ':v': value },
      }),
    )
  }

  /** Everything in the table, by keys. */
  async items(): Promise<Map<string, StoredRow>> {
    const found = new Map<string, StoredRow>()
    const pages = paginateScan({ client: this.#documents }, { TableName: this.name, ConsistentRead: true })
    for await (const page of pages) {
      for (const item of (page.Items ?? []) as StoredRow[]) found.set(`${item.pk} ${item.sk}`, item)
    }
    return found
  }

  async item([pk, sk]: ItemKey): Promise<StoredRow | undefined> {
    return (await this.items()).get(`${pk} ${sk}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sink of this.#sinks) await sink.close()
    this.#client.destroy()
  }
}

/** A write with its record: `offset` alone makes a lane of its own. */
export function placed(
  write: Write,
  { at, offset, partition = 0, topicId = 't1', lane, since = 0 }: Place,
): PlacedWrite {
  return {
    write,
    position: position(1, [{ value: at ?? offset, digits: 12 }]),
    cursor: { topic: 'millrace.app.row', topicId, partition, offset },
    lane: lane ?? `${topicId} ${partition} ${offset}`,
    reader: 'tests',
    since,
  }
}

/** The fields of an item that are not bookkeeping and no key. */
export function fieldsOf(item: StoredRow | undefined): Record<string, unknown> | undefined {
  if (item === undefined) return undefined
  return Object.fromEntries(Object.entries(item).filter(([name]) => !/^(mr_|pk$|sk$)/u.test(name)))
}

export function did(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome) => outcome.did)
}

export const forever = new AbortController().signal
