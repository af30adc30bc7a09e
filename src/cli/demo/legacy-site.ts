// The restaurants' site as the demo plays it: makes the legacy tables, then lets guests come, sign in and comment, each
// step a transaction of its own in MySQL.

import mysql, { type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import { MillraceError } from '../../core/errors.ts'
import { FEEDBACK_SCHEMA } from '../../stack/feedback-schema.ts'
import {
  pick,
  type Random,
  retyped,
  SAMPLE_VENUES,
  type SampleComment,
  type SampleGuest,
  sampleComment,
  sampleGuest,
} from './sample-feedback.ts'

export interface Visit {
  readonly idcomment: number
  readonly venue: string
  readonly comment: SampleComment
  /** By the clock that arrivals are measured with as well. */
  readonly committedMs: number
}

interface Venue {
  readonly id: number
  readonly name: string
}

const RETURNING = 0.35
const ANONYMOUS = 0.1
const KNOWN_MAX = 200

/** Says whose tables these are, so that the demo never writes into a database that somebody else filled. */
const MARK = 'millrace_demo'

export class LegacySite {
  readonly #connection: Connection
  readonly #random: Random
  readonly #known: SampleGuest[] = []
  #venues: readonly Venue[] = []

  private constructor(connection: Connection, random: Random) {
    this.#connection = connection
    this.#random = random
  }

  static async open(url: string, random: Random): Promise<LegacySite> {
    const site = new LegacySite(await mysql.createConnection(url), random)
    try {
      await site.#prepare()
      return site
    } catch (error) {
      await site.close()
      throw error
    }
  }

  /** One guest comments; resolves when MySQL has committed. */
  async visit(nowMs: () => number): Promise<Visit> {
    const venue = pick(this.#venues, this.#random)
    const comment = sampleComment(this.#random)
    const ideclub = this.#random() < ANONYMOUS ? null : await this.#guest()
    const session = await this.#insert(
      'INSERT INTO datasession (idclient, ideclub, device_info, session_info) VALUES (?, ?, ?, ?)',
      [venue.id, ideclub, comment.device, comment.place],
    )
    const idcomment = await this.#insert(
      'INSERT INTO comment (iddatasession, comment, rating, date_entered) VALUES (?, ?, ?, UTC_TIMESTAMP())',
      [session, comment.text, comment.rating],
    )
    return { idcomment, venue: venue.name, comment, committedMs: nowMs() }
  }

  /** How many comments MySQL holds. */
  async comments(): Promise<number> {
    const [rows] = await this.#connection.query<RowDataPacket[]>('SELECT COUNT(*) AS comments FROM comment')
    return Number(rows[0]?.comments)
  }

  async close(): Promise<void> {
    await this.#connection.end()
  }

  async #prepare(): Promise<void> {
    const [tables] = await this.#connection.query<RowDataPacket[]>('SHOW TABLES')
    const names = tables.flatMap((row) => Object.values(row))
    if (names.length > 0 && !names.includes(MARK)) {
      throw new MillraceError('DEMO_REFUSED', `the database in MILLRACE_MYSQL_URL holds tables already: ${names[0]}`)
    }
    if (names.length === 0) {
      await this.#connection.query(`CREATE TABLE ${MARK} (started DATETIME NOT NULL PRIMARY KEY)`)
      for (const statement of FEEDBACK_SCHEMA) await this.#connection.query(statement)
    }
    const [venues] = await this.#connection.query<RowDataPacket[]>('SELECT idclient AS id, name FROM client')
    this.#venues = venues as Venue[]
  }

  /** The venues are added when capture listens, so that they arrive like everything else. */
  async addVenues(): Promise<void> {
    if (this.#venues.length > 0) return
    const venues: Venue[] = []
    for (const { name, address, city, phone, timezone } of SAMPLE_VENUES) {
      const sql = 'INSERT INTO client (name, address, city, phone, timezone) VALUES (?, ?, ?, ?, ?)'
      venues.push({ id: await this.#insert(sql, [name, address, city, phone, timezone]), name })
    }
    this.#venues = venues
  }

  async #guest(): Promise<number> {
    const isReturning = this.#known.length > 0 && this.#random() < RETURNING
    const person = isReturning ? pick(this.#known, this.#random) : sampleGuest(this.#random)
    const { first, last, email, phone } = isReturning ? retyped(person, this.#random) : person
    const id = await this.#insert(
      'INSERT INTO eclub (emailaddress, firstname, lastname, phonenumber) VALUES (?, ?, ?, ?)',
      [email, first, last, phone],
    )
    if (!isReturning) this.#known.push(person)
    if (this.#known.length > KNOWN_MAX) this.#known.shift()
    return id
  }

  async #insert(sql: string, values: (string | number | null)[]): Promise<number> {
    const [result] = await this.#connection.execute<ResultSetHeader>(sql, values)
    return result.insertId
  }
}
