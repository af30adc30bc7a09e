// What the application alone wrote, beside what millrace wrote and into the same items, after everything that can happen.

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../support/fresh-database.ts'
import { freshName } from '../support/fresh-name.ts'
import { Millrace } from '../support/millrace.ts'
import { RestaurantDatabase } from '../support/restaurant-database.ts'
import { RestaurantTable } from '../support/restaurant-table.ts'
import { sharedDynoxide, sharedMysql } from '../support/shared-server.ts'
import { until } from '../support/until.ts'

type Attributes = Record<string, Record<string, unknown>>

const OWN: Attributes = {
  ai_response: { M: { text: { S: 'Thank you!' }, tone: { L: [{ S: 'warm' }, { N: '1.5' }] }, final: { BOOL: false } } },
  draft: { NULL: true },
  embedding: { B: Uint8Array.of(0, 255, 10) },
  tags: { SS: ['late', 'soup'] },
  weights: { NS: ['0.1', '12345678901234567890123456789'] },
  empty: { S: '' },
  'odd name, with #:': { N: '-1' },
}

test('what the application wrote stays byte for byte through updates, deletes, restarts and a replay', async () => {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'millrace-owned-'))
  opened.defer(() => rm(folder, { recursive: true }))
  const fresh = opened.use(await freshDatabase(await sharedMysql()))
  const site = opened.use(await RestaurantDatabase.create(fresh.adminUrl))
  const endpoint = (await sharedDynoxide()).url
  const table = opened.use(await RestaurantTable.create(endpoint, freshName('restaurants')))
  const application = new Application(endpoint, table.name)
  const settings = {
    MILLRACE_MYSQL_URL: fresh.url,
    MILLRACE_DYNAMODB_ENDPOINT: endpoint,
    MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
    MILLRACE_FEEDBACK_TABLE: table.name,
  }
  const commentsAre = (count: number) =>
    until(async () => ((await table.comments()).length === count ? true : null), { what: `${count} comments` })

  {
    await using millrace = await (await Millrace.start(settings)).ready()
    const venue = await site.venue('Opus')
    for (const name of ['ann', 'bob', 'cid']) await site.visit(venue, { email: `${name}@email.com` })
    await commentsAre(3)
    await settled(table, venue, 3)
    expect(await millrace.stop()).toBe(0)
  }
  await cp(join(folder, 'log.db'), join(folder, 'old.db'))
  const written = await application.items()
  for (const item of written) await application.extend(item)
  await application.put({ pk: { S: 'RESTAURANT#1' }, sk: { S: 'RESPONSE#1' }, ...OWN })
  await application.put({ pk: { S: 'SETTINGS' }, sk: { S: 'all' }, ...OWN })
  const before = byKey(await application.items())

  const happen = async () => {
    await site.connection.query("UPDATE comment SET comment = 'edited', reply = 'thanks', rating = 1")
    await site.connection.query("UPDATE eclub SET firstname = 'New', phonenumber = '212 555 0123' WHERE ideclub = 1")
    await site.connection.query("UPDATE client SET name = 'Opus II'")
    await site.connection.query('DELETE FROM comment WHERE idcomment = 2')
    await site.connection.query('DELETE FROM eclub WHERE ideclub = 3')
  }
  const run = async (comments: number) => {
    await using millrace = await (await Millrace.start(settings)).ready()
    await happen()
    await site.visit(1, { email: `marker${comments}@email.com` })
    await commentsAre(comments)
    await settled(table, 1, comments)
    expect(await millrace.stop()).toBe(0)
  }
  await run(4)
  await run(5)
  // The log as it was before all this: captures and delivers everything once more.
  for (const end of ['-wal', '-shm']) await rm(join(folder, `log.db${end}`), { force: true })
  await cp(join(folder, 'old.db'), join(folder, 'log.db'))
  await run(6)

  const after = byKey(await application.items())
  for (const [key, item] of before) {
    const now = after.get(key)
    for (const name of Object.keys(OWN)) expect([key, name, now?.[name]]).toEqual([key, name, item[name]])
    if (!/CUSTOMER#[^#]+$|METADATA$/u.test(key)) expect([key, now]).toEqual([key, item])
  }
  expect(after.get('RESTAURANT#1 METADATA')?.restaurant_name).toEqual({ S: 'Opus II' })
  expect(before.size).toBeGreaterThan(10)
})

/** The counters of the venue are those of so many comments. */
async function settled(table: RestaurantTable, venue: number, comments: number): Promise<void> {
  const isSettled = async () => ((await table.restaurant(venue))?.total_comments === comments ? true : null)
  await until(isSettled, { what: `${comments} counted` })
}

function byKey(items: readonly Attributes[]): ReadonlyMap<string, Attributes> {
  return new Map(items.map((item) => [`${item.pk?.S} ${item.sk?.S}`, item]))
}

/** The other side, which reads and writes attributes as they are on the wire. */
class Application {
  readonly #client: DynamoDBClient
  readonly #table: string

  constructor(endpoint: string, table: string) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    this.#client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials })
    onTestFinished(() => this.#client.destroy())
    this.#table = table
  }

  async items(): Promise<Attributes[]> {
    const { Items = [] } = await this.#client.send(new ScanCommand({ TableName: this.#table, ConsistentRead: true }))
    return Items as unknown as Attributes[]
  }

  async put(item: Attributes): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item: item as never }))
  }

  async extend({ pk, sk }: Attributes): Promise<void> {
    const entries = Object.entries(OWN)
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { pk, sk } as never,
        UpdateExpression: `SET ${entries.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          entries.map(([, value], index) => [`:v${index}`, value]),
        ) as never,
      }),
    )
  }
}
