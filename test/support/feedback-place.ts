// A legacy database, the application's table, and the settings that bring one into the other: on shared servers, with a
// log of its own.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import { freshName } from './fresh-name.ts'
import { Millrace, type Settings } from './millrace.ts'
import { RestaurantDatabase } from './restaurant-database.ts'
import { RestaurantTable } from './restaurant-table.ts'
import { type SharedDatabase, sharedDynoxide, sharedMysql } from './shared-server.ts'

interface FeedbackParts {
  readonly opened: AsyncDisposableStack
  readonly database: FreshDatabase
  readonly site: RestaurantDatabase
  readonly table: RestaurantTable
  readonly endpoint: string
  /** Of the log, when it is a file. */
  readonly path: string
}

export class FeedbackPlace implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly site: RestaurantDatabase
  readonly table: RestaurantTable
  readonly endpoint: string
  readonly path: string
  readonly settings: Settings
  readonly #opened: AsyncDisposableStack

  private constructor({ opened, database, site, table, endpoint, path }: FeedbackParts, settings: Settings) {
    this.#opened = opened
    this.database = database
    this.site = site
    this.table = table
    this.endpoint = endpoint
    this.path = path
    this.settings = {
      MILLRACE_MYSQL_URL: database.url,
      MILLRACE_DYNAMODB_ENDPOINT: endpoint,
      MILLRACE_LOG: `file:${path}`,
      MILLRACE_FEEDBACK_TABLE: table.name,
      ...settings,
    }
  }

  /** With these settings besides, or instead; in the shared MySQL, if no other server is given. */
  static async open(
    settings: Settings = {},
    server?: Pick<SharedDatabase, 'url' | 'adminUrl'>,
  ): Promise<FeedbackPlace> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'millrace-feedback-'))
    opened.defer(() => rm(folder, { recursive: true }))
    const database = opened.use(await freshDatabase(server ?? (await sharedMysql())))
    const site = opened.use(await RestaurantDatabase.create(database.adminUrl))
    const endpoint = (await sharedDynoxide()).url
    const table = opened.use(await RestaurantTable.create(endpoint, freshName('restaurants')))
    const path = join(folder, 'log.db')
    return new FeedbackPlace({ opened: opened.move(), database, site, table, endpoint, path }, settings)
  }

  /** Ends with the place, if nobody ends it before. */
  async millrace(args: readonly string[] = []): Promise<Millrace> {
    return this.#opened.use(await (await Millrace.start(this.settings, args)).ready())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}
