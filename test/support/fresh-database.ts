// A database of a test's own in a shared server; dropped with everything in it when it is disposed of.

import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'
import { freshName } from './fresh-name.ts'
import type { SharedDatabase } from './shared-server.ts'

export class FreshDatabase implements AsyncDisposable {
  readonly name: string
  /** As the capture account. */
  readonly url: string
  /** As an account that may do everything; `connection` is one of its own. */
  readonly adminUrl: string
  readonly connection: Connection

  constructor(name: string, server: Pick<SharedDatabase, 'url' | 'adminUrl'>, connection: Connection) {
    this.name = name
    this.url = inDatabase(server.url, name)
    this.adminUrl = inDatabase(server.adminUrl, name)
    this.connection = connection
  }

  /** Runs one statement as admin. Dates come as text, 64 bit integers too where a number cannot hold them. */
  async query(
    sql: string,
    values: readonly (string | number | bigint | Buffer | null)[] = [],
  ): Promise<RowDataPacket[]> {
    const [rows] = await this.connection.query<RowDataPacket[]>(sql, [...values])
    return rows
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.query(`DROP DATABASE ${this.name}`)
    await this.connection.end()
  }
}

/** Of a shared server or of one that the test opened. */
export async function freshDatabase(server: Pick<SharedDatabase, 'url' | 'adminUrl'>): Promise<FreshDatabase> {
  const name = freshName('db')
  const connection = await mysql.createConnection({
    uri: server.adminUrl,
    dateStrings: true,
    supportBigNumbers: true,
  })
  await connection.query(`CREATE DATABASE ${name}`)
  await connection.query(`USE ${name}`)
  return new FreshDatabase(name, server, connection)
}

/** The same address, with this database. */
export function inDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: name }).href
}
