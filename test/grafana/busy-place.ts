// A millrace that sees a bit of everything: changes both ways, runs, imports, what goes wrong and what is left over.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDynamodbLocal } from '../../src/stack/dynamodb-local.ts'
import { type DynamodbProxy, openDynamodbProxy } from '../support/dynamodb-proxy.ts'
import { feedbackHistory } from '../support/feedback-history.ts'
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts'
import { Millrace } from '../support/millrace.ts'
import { PRODUCTS } from '../support/products-place.ts'
import { RestaurantDatabase } from '../support/restaurant-database.ts'
import { RestaurantTable } from '../support/restaurant-table.ts'
import { Runs } from '../support/runs.ts'
import { scraped } from '../support/scraped.ts'
import { sharedMysql, sharedRedis } from '../support/shared-server.ts'
import { StreamTable } from '../support/stream-table.ts'
import { until } from '../support/until.ts'

const TICKETS = new URL('../support/connectors/tickets.ts', import.meta.url).pathname
const GONE = {
  kind: 'csv',
  file: 'gone.csv',
  dialect: { delimiter: ',', quote: '"', hasHeader: true },
  mapping: {},
  constants: {},
}
const SCHEDULES = [{ name: 'music', cron: '*/10 * * * * *', imports: [{ table: 'content_index', from: GONE }] }]

interface Parts {
  readonly opened: AsyncDisposableStack
  readonly database: FreshDatabase
  readonly site: RestaurantDatabase
  readonly products: StreamTable
  readonly proxy: DynamodbProxy
  readonly folder: string
  readonly millrace: Millrace
}

export class BusyPlace implements AsyncDisposable {
  readonly millrace: Millrace
  readonly #parts: Parts
  readonly #runs: Runs

  private constructor(parts: Parts) {
    this.#parts = parts
    this.millrace = parts.millrace
    this.#runs = new Runs(parts.millrace)
  }

  static async open(): Promise<BusyPlace> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'millrace-busy-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const database = opened.use(await freshDatabase(await sharedMysql()))
    const site = opened.use(await RestaurantDatabase.create(database.adminUrl))
    await database.query(PRODUCTS)
    const emulator = opened.use(await openDynamodbLocal())
    const proxy = opened.use(await openDynamodbProxy(emulator.url))
    opened.use(await RestaurantTable.create(emulator.url, 'restaurant_data'))
    const products = opened.use(await StreamTable.create(emulator.url, { name: 'products', key: ['id'] }))
    await feedbackHistory(site, { venues: 3, visits: 40 })
    const millrace = opened.use(
      await Millrace.start({
        MILLRACE_MYSQL_URL: database.adminUrl,
        MILLRACE_DYNAMODB_ENDPOINT: proxy.url,
        MILLRACE_LOG: `file:${join(folder, 'log.db')}`,
        MILLRACE_REDIS_URL: (await sharedRedis()).url,
        MILLRACE_CONNECTORS: `feedback,products,content,${TICKETS}`,
        MILLRACE_PRODUCTS_POLICY: 'review',
        MILLRACE_IMPORT_DIR: folder,
        MILLRACE_CONTENT_SCHEDULES: JSON.stringify(SCHEDULES),
        MILLRACE_CANARY: 'on',
      }),
    )
    await millrace.ready()
    return new BusyPlace({ opened: opened.move(), database, site, products, proxy, folder, millrace })
  }

  /** Once, so that everything there is to tell has happened; takes a while. */
  async live(): Promise<void> {
    await this.#import()
    await this.#sync()
    await this.#dispute()
    const slow = await this.#runs.backfill({}, { rows_per_second: 40 })
    await this.#visits(20)
    await this.#parts.database.query('TRUNCATE TABLE products')
    await this.#visits(20)
    await this.#runs.done(slow)
    await this.#visits(5)
  }

  async #import(): Promise<void> {
    const files = { halls: 'id,name\nh1,Great\n', tickets: 'id,hall,seat\n1,h1,1\n2,h7,2\n3,h1,0\n4,h1,x\n' }
    for (const [targetTable, text] of Object.entries(files)) {
      await writeFile(join(this.#parts.folder, `${targetTable}.csv`), text)
      const body = { sourceType: 'csv', sourceIdentifier: `${targetTable}.csv`, options: { targetTable } }
      const { body: run } = await this.#runs.ask('POST', '/v1/sync/trigger', body)
      await this.#runs.done(run as Parameters<Runs['done']>[0])
    }
  }

  async #sync(): Promise<void> {
    const { body } = await this.#runs.ask('POST', '/api/sync/1')
    const job = (body as { job_id: string }).job_id
    await until(
      async () => {
        const { body: run } = await this.#runs.ask('GET', `/api/runs/${job}`)
        return (run as { state: string }).state === 'done' ? true : null
      },
      { what: 'the venue is synced', everyMs: 200 },
    )
    await this.#runs.verify()
  }

  /** Both sides change a product while millrace cannot reach DynamoDB. */
  async #dispute(): Promise<void> {
    const { database, products, proxy, millrace } = this.#parts
    await database.query(`INSERT INTO products (id, title, lifecycle_stage) VALUES (1, 'P1', 'pending')`)
    await until(async () => ((await products.get({ id: '1' })) === undefined ? null : true), { what: 'it is there' })
    proxy.plan = ({ operation }) => (operation === 'UpdateItem' ? { kind: 'error', type: 'ThrottlingException' } : null)
    await database.query(`UPDATE products SET lifecycle_stage = 'mysql', assessed_at = NOW() WHERE id = 1`)
    await products.update({ id: '1' }, { lifecycle_stage: 'dynamodb', assessed_at: new Date().toISOString() })
    await this.#told(millrace, /^millrace_sink_throttles_total/u)
    proxy.plan = () => ({ kind: 'reset', when: 'before' })
    await this.#told(millrace, /^millrace_retries_total/u)
    proxy.plan = () => null
    await this.#told(millrace, /^millrace_conflicts_open\{connector="products/u)
  }

  async #told(millrace: Millrace, name: RegExp): Promise<void> {
    await until(
      async () => {
        const found = [...(await scraped(millrace))].filter(([sample, value]) => name.test(sample) && value > 0)
        return found.length > 0 ? true : null
      },
      { what: String(name), everyMs: 200 },
    )
  }

  async #visits(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      await this.#parts.site.visit(1 + (index % 3), { email: `live${index}@email.com` }, { text: 'again' })
      const { body } = await this.#runs.ask('GET', '/api/sync/status')
      if (!Array.isArray(body)) throw new Error(JSON.stringify(body))
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.opened.disposeAsync()
  }
}
