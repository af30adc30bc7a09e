// A table of the application's with a stream: made, filled and read as the application does it.

import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type StreamViewType,
  UpdateTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'

type Key = Readonly<Record<string, string>>

interface Specification {
  readonly name: string
  readonly key: readonly string[]
  readonly view?: StreamViewType
}

export class StreamTable implements Disposable {
  readonly name: string
  readonly endpoint: string
  readonly #specification: Specification
  readonly #client: DynamoDBClient
  readonly #documents: DynamoDBDocumentClient

  private constructor(endpoint: string, specification: Specification) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    this.name = specification.name
    this.endpoint = endpoint
    this.#specification = specification
    this.#client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials })
    this.#documents = DynamoDBDocumentClient.from(this.#client)
  }

  static async create(endpoint: string, specification: Specification): Promise<StreamTable> {
    const table = new StreamTable(endpoint, specification)
    await table.#create()
    return table
  }

  async #create(): Promise<void> {
    const { name, key, view = 'NEW_AND_OLD_IMAGES' } = this.#specification
    await this.#client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: key.map((part, index) => ({ AttributeName: part, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
        AttributeDefinitions: key.map((part) => ({ AttributeName: part, AttributeType: 'S' })),
        StreamSpecification: { StreamEnabled: true, StreamViewType: view },
      }),
    )
  }

  /** It is then another table of the same name, and empty. */
  async makeAnew(): Promise<void> {
    await this.#client.send(new DeleteTableCommand({ TableName: this.name }))
    await waitUntilTableNotExists(this.#waiting, { TableName: this.name })
    await this.#create()
  }

  /** Turned on, it is another stream than before. */
  async turnStream(to: 'on' | 'off'): Promise<void> {
    const isOn = to === 'on'
    const stream = { StreamEnabled: isOn, ...(isOn ? { StreamViewType: 'NEW_AND_OLD_IMAGES' as const } : {}) }
    await this.#client.send(new UpdateTableCommand({ TableName: this.name, StreamSpecification: stream }))
    await waitUntilTableExists(this.#waiting, { TableName: this.name })
  }

  get #waiting() {
    return { client: this.#client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }
  }

  async put(item: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#documents.send(new PutCommand({ TableName: this.name, Item: item }))
  }

  async get(key: Key): Promise<Record<string, unknown> | undefined> {
    const answer = await this.#documents.send(new GetCommand({ TableName: this.name, Key: key, ConsistentRead: true }))
    return answer.Item
  }

  async all(): Promise<readonly Record<string, unknown>[]> {
    return (await this.#documents.send(new ScanCommand({ TableName: this.name, ConsistentRead: true }))).Items ?? []
  }

  async delete(key: Key): Promise<void> {
    await this.#documents.send(new DeleteCommand({ TableName: this.name, Key: key }))
  }

  /** The same, if the item is there and stands for a row; answers whether. */
  async updateIf(key: Key, fields: Readonly<Record<string, unknown>>): Promise<boolean> {
    const [name = ''] = Object.keys(key)
    const isThere = { ConditionExpression: `attribute_exists(${name}) AND attribute_not_exists(mr_deleted_at)` }
    return this.#update(key, fields, isThere).then(
      () => true,
      (error: Error) => {
        if (error.name === 'ConditionalCheckFailedException') return false
        throw error
      },
    )
  }

  /** These fields and no other. */
  async update(key: Key, fields: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#update(key, fields)
  }

  async #update(
    key: Key,
    fields: Readonly<Record<string, unknown>>,
    condition: { readonly ConditionExpression?: string } = {},
  ): Promise<void> {
    const names = Object.keys(fields)
    await this.#documents.send(
      new UpdateCommand({
        ...condition,
        TableName: this.name,
        Key: key,
        UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(names.map((name, index) => [`:v${index}`, fields[name]])),
      }),
    )
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }
}
