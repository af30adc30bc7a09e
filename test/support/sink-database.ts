// A database of its own for a test of the MySQL sink, with one table that sinks write to.

import type { TargetTable } from '../../src/core/connector.ts'
import { type MysqlSinkOptions, openMysqlSink } from '../../src/sink/mysql/mysql-sink.ts'
import type { Sink } from '../../src/sink/sink.ts'
import { type FreshDatabase, freshDatabase } from './fresh-database.ts'
import type { SharedDatabase } from './shared-server.ts'
import { TableWrites } from './table-writes.ts'

export interface TableSpec {
  /** Columns and constraints, as in CREATE TABLE. */
  readonly columns: string
  readonly key: TargetTable['key']
  readonly owns: readonly string[]
  /** A statement that makes what the table refers to. */
  readonly before?: string
}

export class SinkDatabase extends TableWrites implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly #spec: TableSpec
  readonly #sinks: Sink[] = []

  private constructor(database: FreshDatabase, spec: TableSpec) {
    super()
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

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sink of this.#sinks) await sink.close()
    await this.database[Symbol.asyncDispose]()
  }
}
