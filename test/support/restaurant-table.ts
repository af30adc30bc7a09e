// The application's DynamoDB table: made, filled and read as the application does it.

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'

export type Item = Record<string, unknown> & { readonly pk: string; readonly sk: string }

export class RestaurantTable implements Disposable {
  readonly name: string
  readonly #client: DynamoDBClient
  readonly #documents: DynamoDBDocumentClient

  private constructor(name: string, client: DynamoDBClient) {
    this.name = name
    this.#client = client
    this.#documents = DynamoDBDocumentClient.from(client)
  }

  static async create(endpoint: string, name: string): Promise<RestaurantTable> {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const table = new RestaurantTable(name, new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials }))
    await table.#client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    )
    return table
  }

  async put(item: Item): Promise<void> {
    await this.#documents.send(new PutCommand({ TableName: this.name, Item: item }))
  }

  async get(pk: string, sk: string): Promise<Item | undefined> {
    const asked = { TableName: this.name, Key: { pk, sk }, ConsistentRead: true }
    return (await this.#documents.send(new GetCommand(asked))).Item as Item | undefined
  }

  async delete(pk: string, sk: string): Promise<void> {
    await this.#documents.send(new DeleteCommand({ TableName: this.name, Key: { pk, sk } }))
  }

  /** As the application would: these fields and no other. */
  async update({ pk, sk }: Pick<Item, 'pk' | 'sk'>, fields: Readonly<Record<string, unknown>>): Promise<void> {
    const names = Object.keys(fields)
    await this.#documents.send(
      new UpdateCommand({
        TableName: this.name,
        Key: { pk, sk },
        UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(names.map((name, index) => [`:v${index}`, fields[name]])),
      }),
    )
  }

  /** Every item whose sort key matches. */
  async items(sk = /(?:)/u): Promise<Item[]> {
    const found: Item[] = []
    const pages = paginateScan({ client: this.#documents }, { TableName: this.name, ConsistentRead: true })
    for await (const page of pages) found.push(...((page.Items ?? []) as Item[]))
    return found.filter((item) => sk.test(item.sk))
  }

  comments(): Promise<Item[]> {
    return this.items(/^CUSTOMER#[^#]+#COMMENT#/u)
  }

  customers(): Promise<Item[]> {
    return this.items(/^CUSTOMER#[^#]+$/u)
  }

  restaurant(idclient: number): Promise<Item | undefined> {
    return this.get(`RESTAURANT#${idclient}`, 'METADATA')
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }
}
