// Products in MySQL and in DynamoDB, and the settings that keep them in step: on the shared MySQL, with an emulator and a
// log of its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import { Millrace, type Settings } from './millrace.ts'
import { sharedMysql } from './shared-server.ts'
import { StreamTable } from './stream-table.ts'

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

  private constructor(opened: AsyncDisposableStack, of: { database: FreshDatabase; table: StreamTable; log: string }) {
    this.#opened = opened
    this.database = of.database
    this.table = of.table
    this.settings = {
      MILLRACE_MYSQL_URL: of.database.adminUrl,
      MILLRACE_DYNAMODB_ENDPOINT: of.table.endpoint,
      MILLRACE_LOG: of.log,
      MILLRACE_CONNECTORS: 'products',
    }
  }

  /** On this emulator, which is nobody else's, for the table's name is fixed. */
  static async open(endpoint: string): Promise<ProductsPlace> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'millrace-products-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const database = opened.use(await freshDatabase(await sharedMysql()))
    await database.query(PRODUCTS)
    const table = opened.use(await StreamTable.create(endpoint, { name: 'products', key: ['id'] }))
    return new ProductsPlace(opened.move(), { database, table, log: `file:${join(folder, 'log.db')}` })
  }

  /** Ends with the place, if nobody ends it before. */
  async millrace(settings: Settings = {}): Promise<Millrace> {
    return this.#opened.use(await (await Millrace.start({ ...this.settings, ...settings })).ready())
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
