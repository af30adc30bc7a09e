// The legacy database as the restaurants' site fills it.

import mysql, { type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import { FEEDBACK_SCHEMA } from '../../src/stack/feedback-schema.ts'

export interface Guest {
  readonly email?: string | null
  readonly phone?: string | null
  readonly first?: string
  readonly last?: string
}

export interface Review {
  readonly text?: string
  readonly rating?: number | null
  readonly at?: string
}

export class RestaurantDatabase implements AsyncDisposable {
  readonly connection: Connection

  private constructor(connection: Connection) {
    this.connection = connection
  }

  /** Opens the database and makes the tables. */
  static async create(url: string): Promise<RestaurantDatabase> {
    const database = await RestaurantDatabase.open(url)
    for (const statement of FEEDBACK_SCHEMA) await database.connection.query(statement)
    return database
  }

  static async open(url: string): Promise<RestaurantDatabase> {
    return new RestaurantDatabase(await mysql.createConnection({ uri: url, dateStrings: true }))
  }

  async rows(sql: string, values: readonly (string | number | null)[] = []): Promise<RowDataPacket[]> {
    const [rows] = await this.connection.query<RowDataPacket[]>(sql, [...values])
    return rows
  }

  async venue(name: string): Promise<number> {
    return this.#insert('INSERT INTO client (name) VALUES (?)', [name])
  }

  async guest({ email = null, phone = null, first = 'Ann', last = 'Other' }: Guest): Promise<number> {
    const sql = 'INSERT INTO eclub (emailaddress, phonenumber, firstname, lastname) VALUES (?, ?, ?, ?)'
    return this.#insert(sql, [email, phone, first, last])
  }

  async session(idclient: number, ideclub: number | null): Promise<number> {
    const sql = `INSERT INTO datasession (idclient, ideclub, device_info, session_info) VALUES (?, ?, 'iPhone', 'table 4')`
    return this.#insert(sql, [idclient, ideclub])
  }

  async comment(iddatasession: number, review: Review = {}): Promise<number> {
    const { text = 'Best soup in town', rating = 5, at = '2025-11-28 14:30:00' } = review
    const sql = 'INSERT INTO comment (iddatasession, comment, rating, date_entered) VALUES (?, ?, ?, ?)'
    return this.#insert(sql, [iddatasession, text, rating, at])
  }

  /** A guest visits a venue and leaves a comment, each step a transaction of its own. */
  async visit(idclient: number, guest: Guest | null, review: Review = {}): Promise<number> {
    const ideclub = guest === null ? null : await this.guest(guest)
    return this.comment(await this.session(idclient, ideclub), review)
  }

  async #insert(sql: string, values: (string | number | null)[]): Promise<number> {
    const [result] = await this.connection.execute<ResultSetHeader>(sql, values)
    return result.insertId
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.end()
  }
}
