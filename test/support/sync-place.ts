// The place of feedback, with what tests of syncs do there.

import { expect } from 'vitest'
import { FeedbackPlace } from './feedback-place.ts'
import { logEnds } from './log-ends.ts'
import type { Millrace } from './millrace.ts'
import type { RestaurantDatabase } from './restaurant-database.ts'
import type { RestaurantTable } from './restaurant-table.ts'
import { Syncs } from './syncs.ts'

export class SyncPlace implements AsyncDisposable {
  readonly #place: FeedbackPlace

  private constructor(place: FeedbackPlace) {
    this.#place = place
  }

  /** With this log; with a file of its own when left out. */
  static async open(log?: string): Promise<SyncPlace> {
    return new SyncPlace(await FeedbackPlace.open(log === undefined ? {} : { MILLRACE_LOG: log }))
  }

  get site(): RestaurantDatabase {
    return this.#place.site
  }

  get table(): RestaurantTable {
    return this.#place.table
  }

  get settings(): FeedbackPlace['settings'] {
    return this.#place.settings
  }

  millrace(args: readonly string[] = []): Promise<Millrace> {
    return this.#place.millrace(args)
  }

  async started(args: readonly string[] = []): Promise<Syncs> {
    return new Syncs(await this.millrace(args))
  }

  /** Rows that the binary log does not hold: only a sync can bring them. */
  async unlogged(write: () => Promise<unknown>): Promise<void> {
    await this.site.connection.query('SET sql_log_bin = 0')
    await write()
    await this.site.connection.query('SET sql_log_bin = 1')
  }

  /** A review each of so many guests, in one transaction: a disk that is slow makes them wait once. */
  async visits(venue: number, count: number, at = '2025-11-28 14:30:00'): Promise<void> {
    await this.site.connection.beginTransaction()
    for (let visit = 0; visit < count; visit++) await this.site.visit(venue, { email: `g${visit}@email.com` }, { at })
    await this.site.connection.commit()
  }

  async commentsOf(venue: number): Promise<number> {
    return (await this.table.comments()).filter(({ pk }) => pk === `RESTAURANT#${venue}`).length
  }

  /** What a dry run must leave as it is: the items, and where the log ends. */
  async untouched(): Promise<object> {
    const tables = ['client', 'comment', 'datasession', 'eclub']
    const { MILLRACE_LOG: log = '' } = this.settings
    return { items: await this.table.items(), ends: await logEnds(log, this.#place.database.name, tables) }
  }

  /** Each comment of MySQL is there, once. */
  async expectCommentsEqual(): Promise<void> {
    const rows = await this.site.rows('SELECT idcomment FROM comment ORDER BY idcomment')
    const found = (await this.table.comments()).map(({ original_review_id }) => Number(original_review_id))
    expect(found.toSorted((one, other) => one - other)).toEqual(rows.map(({ idcomment }) => idcomment))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#place[Symbol.asyncDispose]()
  }
}

/** As MySQL's clock would print it in a zone so many hours away. */
export function wallTime(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
}
