// A database of its own for a test of the MySQL sink, with one table that sinks write to.

import type { TargetTable } from '../../src/core/connector.ts'
import type { Fields } from '../../src/core/value.ts'
import type { Count, Create, ItemKey, Merge, Remove } from '../../src/core/write.ts'
import { type MysqlSinkOptions, openMysqlSink } from '../../src/sink/mysql/mysql-sink.ts'
import type { Sink } from '../../src/sink/sink.ts'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import { freshName } from './fresh-name.ts'
import type { SharedDatabase } from './shared-server.ts'

export interface TableSpec {
  /** Columns and constraints, as in CREATE TABLE. */
  readonly columns: string
  readonly key: TargetTable['key']
  readonly owns: readonly string[]
  /** A statement that makes what the table refers to. */
  readonly before?: string
}

export class SinkDatabase implements AsyncDisposable {
  readonly name = freshName('sink')
  readonly database: FreshDatabase
  readonly #spec: TableSpec
  readonly #sinks: Sink[] = []

  private constructor(database: FreshDatabase, spec: TableSpec) {
    this.database = database
    this.#spec = spec
  }

  static async open(server: SharedDatabase, spec: TableSpec): Promise<SinkDatabase> {
    const opened = new SinkDatabase(await freshDatabase(server), spec)
    if (spec.before !== undefined) await opened.query(spec.before)
    await opened.query(`CREATE TABLE ${opened.name} (${spec.columns}) ENGINE = InnoDB`)
    return opened
  }

  get targets(): Readonly<Record<string, TargetTable>> {
    const { key, owns } = this.#spec
    return { [this.name]: { key, owns } }
  }

  async sink(options: Partial<MysqlSinkOptions> = {}): Promise<Sink> {
    const sink = await openMysqlSink({ url: this.database.adminUrl, targets: this.targets, ...options })
    this.#sinks.push(sink)
    return sink
  }

  query(...[sql, values]: Parameters<FreshDatabase['query']>): ReturnType<FreshDatabase['query']> {
    return this.database.query(sql, values)
  }

  /** A row by its key; undefined when there is none. */
  async row(...key: readonly (string | number)[]): Promise<Record<string, unknown> | undefined> {
    const where = this.#spec.key.map((name) => `${name} = ?`).join(' AND ')
    const [row] = await this.query(`SELECT * FROM ${this.name} WHERE ${where}`, key)
    return row === undefined ? undefined : { ...row }
  }

  createOf(key: ItemKey, fields: Fields, more: Partial<Create> = {}): Create {
    return { do: 'create', table: this.name, key, fields, ...more }
  }

  mergeOf(key: ItemKey, fields: Fields, more: Partial<Merge> = {}): Merge {
    return { do: 'merge', table: this.name, key, fields, ...more }
  }

  removeOf(key: ItemKey, fields: readonly string[], more: Partial<Remove> = {}): Remove {
    const deletedAt = '2025-11-28T14:30:00.000Z'
    return { do: 'remove', table: this.name, key, how: 'tombstone', fields, deletedAt, ...more }
  }

  countOf(key: ItemKey, add: Count['add'], more: Partial<Count> = {}): Count {
    return { do: 'count', table: this.name, key, add, ...more }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sink of this.#sinks) await sink.close()
    await this.database[Symbol.asyncDispose]()
  }
}
