// Looks for the replies of comments, again and again, and notes when each was first there for a reader.

import { setTimeout as delay } from 'node:timers/promises'
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise'

const WAIT_MS_MAX = 30_000
const EVERY_MS = 5

export class Replies implements AsyncDisposable {
  static readonly everyMs = EVERY_MS
  readonly #connection: Connection
  readonly #waiting = new Map<number, PromiseWithResolvers<number>>()
  readonly #watching: Promise<void>
  #isOver = false

  private constructor(connection: Connection) {
    this.#connection = connection
    this.#watching = this.#watch()
  }

  static async watch(url: string): Promise<Replies> {
    return new Replies(await mysql.createConnection(url))
  }

  /** When the comment's reply was there, by `performance.now`; waits for it. */
  async seen(id: number): Promise<number> {
    const waiting = Promise.withResolvers<number>()
    this.#waiting.set(id, waiting)
    const late = setTimeout(() => waiting.reject(new Error(`the reply of comment ${id} did not arrive`)), WAIT_MS_MAX)
    return waiting.promise.finally(() => clearTimeout(late))
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      if (this.#waiting.size > 0) await this.#look()
      await delay(EVERY_MS)
    }
  }

  async #look(): Promise<void> {
    const ids = [...this.#waiting.keys()]
    const [rows] = await this.#connection.query<RowDataPacket[]>(
      'SELECT idcomment FROM comment WHERE idcomment IN (?) AND reply IS NOT NULL',
      [ids],
    )
    const nowMs = performance.now()
    for (const { idcomment: id } of rows) {
      this.#waiting.get(id)?.resolve(nowMs)
      this.#waiting.delete(id)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#watching
    await this.#connection.end()
  }
}
