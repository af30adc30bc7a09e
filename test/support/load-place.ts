// A legacy database with a random load on it, two DynamoDB tables, and the settings that bring one into the other: the
// feedback connector, and one that mirrors a table row by row and counts its changes.

import { expect, vi } from 'vitest'
import { changeLoad, PRODUCT_TABLE } from './change-load.ts'
import { expectFeedbackEqual, expectProductsEqual } from './equality.ts'
import { inDatabase } from './fresh-database.ts'
import { freshName } from './fresh-name.ts'
import type { Millrace, Settings } from './millrace.ts'
import type { Random } from './random.ts'
import { RestaurantDatabase } from './restaurant-database.ts'
import { RestaurantTable } from './restaurant-table.ts'
import { scraped } from './scraped.ts'
import { until } from './until.ts'

const CONNECTORS = ['../../connectors/feedback.ts', './connectors/mirror.ts']

export interface LoadServers {
  readonly database: { readonly adminUrl: string; query(sql: string): Promise<unknown> }
  readonly emulatorUrl: string
  readonly random: Random
}

interface LoadParts {
  readonly name: string
  readonly restaurants: RestaurantTable
  readonly mirror: RestaurantTable
}

export class LoadPlace implements AsyncDisposable {
  readonly #servers: LoadServers
  readonly #parts: LoadParts
  #productChanges = 0

  private constructor(servers: LoadServers, parts: LoadParts) {
    this.#servers = servers
    this.#parts = parts
  }

  static async open(servers: LoadServers): Promise<LoadPlace> {
    const { database, emulatorUrl } = servers
    const name = freshName('load')
    await database.query(`CREATE DATABASE ${name}`)
    await using made = await RestaurantDatabase.create(inDatabase(database.adminUrl, name))
    await made.connection.query(PRODUCT_TABLE)
    const restaurants = await RestaurantTable.create(emulatorUrl, `${name}-restaurants`)
    const mirror = await RestaurantTable.create(emulatorUrl, `${name}-mirror`)
    return new LoadPlace(servers, { name, restaurants, mirror })
  }

  get name(): string {
    return this.#parts.name
  }

  /** The same address, with this place's database. */
  inOurs(url: string): string {
    return inDatabase(url, this.name)
  }

  settings(addresses: { readonly mysql: string; readonly dynamodb: string; readonly log: string }): Settings {
    return {
      MILLRACE_MYSQL_URL: this.inOurs(addresses.mysql),
      MILLRACE_DYNAMODB_ENDPOINT: addresses.dynamodb,
      MILLRACE_LOG: addresses.log,
      MILLRACE_CONNECTORS: CONNECTORS.map((file) => new URL(file, import.meta.url).pathname).join(','),
      MILLRACE_FEEDBACK_TABLE: `${this.name}-restaurants`,
      MILLRACE_MIRROR_TABLE: `${this.name}-mirror`,
    }
  }

  /** Makes at least so many changes. */
  async change(wanted: number): Promise<void> {
    const { database, random } = this.#servers
    const { productChanges } = await changeLoad(this.inOurs(database.adminUrl), wanted, random)
    this.#productChanges += productChanges
  }

  /** Waits until everything has arrived, stops the process, and compares every row and every counter. */
  async expectEqual(millrace: Millrace, withinMs: number): Promise<void> {
    const { restaurants, mirror } = this.#parts
    const wanted = this.#productChanges
    await until(
      async () => {
        if (millrace.hasEnded) throw new Error(`it ended:\n${millrace.output}`)
        return (await mirror.get('product', 'COUNT'))?.changes === wanted ? true : null
      },
      { what: `${wanted} changes of products counted`, withinMs, everyMs: 500 },
    )
    await until(async () => ((await recordsBehind(millrace)) === 0 ? true : null), { what: 'all delivered', withinMs })
    await using site = await RestaurantDatabase.open(this.inOurs(this.#servers.database.adminUrl))
    await vi.waitFor(() => expectFeedbackEqual(site, restaurants), { timeout: withinMs, interval: 1_000 })
    expect(await millrace.stop()).toBe(0)
    await expectProductsEqual(site, mirror)
    await expectFeedbackEqual(site, restaurants)
  }

  /** Rows of all tables that the feedback connector reads, and of comments alone. */
  async feedbackRows(): Promise<{ readonly all: number; readonly comments: number }> {
    await using site = await RestaurantDatabase.open(this.inOurs(this.#servers.database.adminUrl))
    const count = async (table: string) => Number((await site.rows(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n)
    const [client, session, guest, comments] = await Promise.all(
      ['client', 'datasession', 'eclub', 'comment'].map(count),
    )
    return { all: (client ?? 0) + (session ?? 0) + (guest ?? 0) + (comments ?? 0), comments: comments ?? 0 }
  }

  async expectFeedbackEqual(): Promise<void> {
    await using site = await RestaurantDatabase.open(this.inOurs(this.#servers.database.adminUrl))
    await expectFeedbackEqual(site, this.#parts.restaurants)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#parts.restaurants[Symbol.dispose]()
    this.#parts.mirror[Symbol.dispose]()
  }
}

/** Whole tables are compared where there is something to compare: what is captured by now is delivered. */
async function recordsBehind(millrace: Millrace): Promise<number> {
  const samples = await scraped(millrace)
  const lags = [...samples].filter(([name]) => name.startsWith('millrace_lag_records'))
  return lags.reduce((sum, [, lag]) => sum + lag, 0)
}
