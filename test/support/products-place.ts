// Products in MySQL and in DynamoDB, and the settings that keep them in step: on the shared MySQL, with an emulator and a
// log of its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, runCommand } from './command.ts'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import { Millrace, type Settings } from './millrace.ts'
import { sharedMysql } from './shared-server.ts'
import { StreamTable } from './stream-table.ts'
import { until } from './until.ts'

const CREDENTIALS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

/** Of a phone. */
export const ASSESSED = {
  lifecycle_stage: 'assessed_approved',
  modesty_status: 'modest',
  shopify_status: 'published',
  assessed_at: '2025-11-23T18:30:00.000Z',
}

interface Parts {
  readonly database: FreshDatabase
  readonly table: StreamTable
  readonly settings: Settings
}

export const PRODUCTS = `CREATE TABLE products (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  title VARCHAR(200) NOT NULL,
  price DECIMAL(10,2) NULL,
  url VARCHAR(400) NULL,
  retailer VARCHAR(100) NULL,
  clothing_type VARCHAR(60) NULL,
  last_updated DATETIME NULL,
  lifecycle_stage VARCHAR(40) NULL,
  modesty_status VARCHAR(40) NULL,
  shopify_status VARCHAR(40) NULL,
  assessed_at DATETIME(3) NULL,
  warehouse_note VARCHAR(200) NULL
) DEFAULT CHARSET = utf8mb4`

export class ProductsPlace implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly table: StreamTable
  readonly settings: Settings
  readonly #opened: AsyncDisposableStack

  private constructor(opened: AsyncDisposableStack, { database, table, settings }: Parts) {
    this.#opened = opened
    this.database = database
    this.table = table
    this.settings = {
      MILLRACE_MYSQL_URL: database.adminUrl,
      MILLRACE_DYNAMODB_ENDPOINT: table.endpoint,
      MILLRACE_CONNECTORS: 'products',
      ...settings,
    }
  }

  /** On this emulator, which is nobody else's, for the table's name is fixed. With these settings besides, or instead. */
  static async open(endpoint: string, settings: Settings = {}): Promise<ProductsPlace> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'millrace-products-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const database = opened.use(await freshDatabase(await sharedMysql()))
    await database.query(PRODUCTS)
    const table = opened.use(await StreamTable.create(endpoint, { name: 'products', key: ['id'] }))
    const all = { MILLRACE_LOG: `file:${join(folder, 'log.db')}`, ...settings }
    return new ProductsPlace(opened.move(), { database, table, settings: all })
  }

  /** Ends with the place, if nobody ends it before. */
  async millrace(settings: Settings = {}, args: readonly string[] = []): Promise<Millrace> {
    return this.#opened.use(await (await Millrace.start({ ...this.settings, ...settings }, args)).ready())
  }

  command(...args: readonly string[]): Promise<Ended> {
    return runCommand(args, { ...CREDENTIALS, ...this.settings })
  }

  /** A product of MySQL's, once it is in DynamoDB too; answers its item. */
  async product(id: number, fields: Readonly<Record<string, string | null>> = {}): Promise<Record<string, unknown>> {
    const row = { title: `P${id}`, lifecycle_stage: 'pending', ...fields }
    const names = Object.keys(row)
    const values = names.map(() => '?')
    await this.database.query(`INSERT INTO products (id, ${names}) VALUES (${id}, ${values})`, Object.values(row))
    return this.item(id, row.title)
  }

  /** Its item, once it has this title. */
  item(id: number, title: string): Promise<Record<string, unknown>> {
    const look = async () => {
      const item = await this.table.get({ id: `${id}` })
      return item?.title === title ? item : null
    }
    return until(look, { what: `product ${id} is in DynamoDB as ${title}` })
  }

  async row(id: number): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.database.query(
      `SELECT *, CAST(assessed_at AS CHAR) AS assessed FROM products WHERE id = ${id}`,
    )
    return row
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}
