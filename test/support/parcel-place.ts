// A database of parcels and notes, a DynamoDB table, and the settings that bring one into the other.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DeadLetter } from '../../src/core/dead-letter.ts'
import type { Gap } from '../../src/core/gap.ts'
import { changeTopic, deadTopic, GAPS } from '../../src/core/topic.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { OwnRecords } from '../../src/log/codec.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import { freshName } from './fresh-name.ts'
import type { Millrace, Settings } from './millrace.ts'
import { type Item, RestaurantTable } from './restaurant-table.ts'
import { type SharedDatabase, sharedDynoxide, sharedMysql } from './shared-server.ts'
import { until } from './until.ts'

const CONNECTOR = new URL('connectors/parcels.ts', import.meta.url).pathname
const TABLES = [
  'CREATE TABLE parcel (id INT PRIMARY KEY, label VARCHAR(20) CHARACTER SET ucs2, body MEDIUMTEXT)',
  'CREATE TABLE note (id INT PRIMARY KEY, parcel INT, text VARCHAR(200))',
]

export class ParcelPlace implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly table: RestaurantTable
  readonly settings: Settings
  /** Where files of the test may lie. */
  readonly folder: string
  readonly #opened: AsyncDisposableStack

  private constructor(
    parts: Pick<ParcelPlace, 'database' | 'table' | 'settings' | 'folder'>,
    opened: AsyncDisposableStack,
  ) {
    this.database = parts.database
    this.table = parts.table
    this.settings = parts.settings
    this.folder = parts.folder
    this.#opened = opened
  }

  static async open(server: Pick<SharedDatabase, 'url' | 'adminUrl'>): Promise<ParcelPlace> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'millrace-parcels-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const database = opened.use(await freshDatabase(server))
    for (const statement of TABLES) await database.query(statement)
    const endpoint = (await sharedDynoxide()).url
    const table = opened.use(await RestaurantTable.create(endpoint, freshName('parcels')))
    const settings = {
      MILLRACE_MYSQL_URL: database.url,
      MILLRACE_DYNAMODB_ENDPOINT: endpoint,
      MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
      MILLRACE_CONNECTORS: CONNECTOR,
      MILLRACE_PARCELS_TABLE: table.name,
      AWS_REGION: 'eu-central-1',
      MILLRACE_HTTP_PORT: '0',
    }
    return new ParcelPlace({ database, table, settings, folder }, opened.move())
  }

  /** Waits for the item of a row. */
  item(name: 'parcel' | 'note', id: number, fields: Readonly<Record<string, unknown>> = {}): Promise<Item> {
    const isThere = (item: Item) =>
      item.pk === name && item.sk === String(id) && Object.entries(fields).every(([key, value]) => item[key] === value)
    return until(async () => (await this.table.items()).find(isThere) ?? null, { what: `item ${name} ${id}` })
  }

  /** Once there are that many, oldest first. */
  async deadLetters(table: 'parcel' | 'note', count: number): Promise<readonly DeadLetter[]> {
    const topic = deadTopic(changeTopic(this.database.name, table))
    const read = async () => {
      const letters = await this.#own('deadLetter', topic)
      return letters.length >= count ? letters : null
    }
    const letters = await until(read, { what: `${count} dead letters of ${table}` })
    return letters.toSorted((one, other) => one.cursor.offset - other.cursor.offset)
  }

  gaps(): Promise<readonly Gap[]> {
    return this.#own('gap', GAPS)
  }

  async #own<Kind extends keyof OwnRecords>(kind: Kind, topic: string): Promise<OwnRecords[Kind][]> {
    const records = new AvroRecords(null)
    const log = await openSqliteLog({ path: join(this.folder, 'log.db') })
    try {
      const found: OwnRecords[Kind][] = []
      for await (const { value } of log.latest(topic)) if (value !== null) found.push(await records.unpack(kind, value))
      return found
    } finally {
      await log.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.disposeAsync()
  }
}

/** Gone when the test has finished; in the shared MySQL, if no other server is given. */
export async function parcelPlace(server?: Pick<SharedDatabase, 'url' | 'adminUrl'>): Promise<ParcelPlace> {
  const place = await ParcelPlace.open(server ?? (await sharedMysql()))
  onTestFinished(() => place[Symbol.asyncDispose]())
  return place
}

/** What stands in the way of a running process, once that holds the code. */
export function notReady(millrace: Millrace, code: string): Promise<string> {
  const ask = async () => {
    if (millrace.hasEnded) throw new Error(`it ended:\n${millrace.output}`)
    const answer = await fetch(`${millrace.url}/health/ready`).catch(() => null)
    const body = answer === null ? '' : await answer.text()
    return body.includes(code) ? body : null
  }
  return until(ask, { what: `not ready for ${code}` })
}
