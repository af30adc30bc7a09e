// Guests who comment at a steady rate, each comment a transaction of its own.

import mysql, { type Pool } from 'mysql2/promise'
import { FEEDBACK_SCHEMA } from '../../../src/stack/feedback-schema.ts'
import { steadily } from '../steadily.ts'
import { markOf } from './visibility.ts'

const VENUES = 20
const SESSIONS = 500
const CONNECTIONS = 8

export class Visitors implements AsyncDisposable {
  /** When each row's commit was answered, by `performance.now`. */
  readonly committedAtMs = new Map<number, number>()
  readonly #pool: Pool
  #rows = 0

  private constructor(url: string) {
    this.#pool = mysql.createPool({ uri: url, connectionLimit: CONNECTIONS })
  }

  /** In an empty database: makes the venues, and the guests who are sitting there. */
  static async seat(url: string): Promise<Visitors> {
    const visitors = new Visitors(url)
    const pool = visitors.#pool
    for (const statement of FEEDBACK_SCHEMA) await pool.query(statement)
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
    await pool.query('INSERT INTO client (name) VALUES ?', [upTo(VENUES).map((id) => [`Venue ${id}`])])
    const guests = upTo(SESSIONS).map((id) => [`guest${id}@example.com`, 'Ann', `Number ${id}`])
    await pool.query('INSERT INTO eclub (emailaddress, firstname, lastname) VALUES ?', [guests])
    const sessions = upTo(SESSIONS).map((id) => [1 + (id % VENUES), id, 'iPhone', 'table 4'])
    await pool.query('INSERT INTO datasession (idclient, ideclub, device_info, session_info) VALUES ?', [sessions])
    return visitors
  }

  /** How many comments there are so far. */
  get rows(): number {
    return this.#rows
  }

  /** One comment; answers with its number. */
  async comment(): Promise<number> {
    const row = this.#rows++
    const text = `${markOf(row)} the soup was the best in town, and we shall be back`
    await this.#pool.execute(
      'INSERT INTO comment (iddatasession, comment, rating, date_entered) VALUES (?, ?, 5, NOW())',
      [1 + (row % SESSIONS), text],
    )
    this.committedAtMs.set(row, performance.now())
    return row
  }

  /** So many comments a second, whether or not those before are committed; answers with their numbers. */
  commentSteadily(perSecond: number, seconds: number): Promise<readonly number[]> {
    return steadily(() => this.comment(), { perSecond, seconds })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
  }
}
