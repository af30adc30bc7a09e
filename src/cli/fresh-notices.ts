// Whether the log answers just now, with what it has of notices: a log that hangs must not keep people from hearing that it
// does, so nobody waits for it longer than this.

import type { Clock } from '../pipeline/clock.ts'
import { inTime } from '../pipeline/in-time.ts'
import type { NoticeBook } from '../pipeline/notice-book.ts'

const LOG_MS_MAX = 2_000

export class FreshNotices {
  readonly #book: Pick<NoticeBook, 'refresh'>
  readonly #clock: Clock
  #refreshing: Promise<boolean> | null = null

  constructor(book: Pick<NoticeBook, 'refresh'>, clock: Clock) {
    this.#book = book
    this.#clock = clock
  }

  /** What it said last stands where it is false. */
  async isFresh(): Promise<boolean> {
    this.#refreshing ??= this.#refresh()
    return (await inTime(this.#refreshing, this.#clock, LOG_MS_MAX)) ?? false
  }

  async #refresh(): Promise<boolean> {
    try {
      await this.#book.refresh()
      return true
    } catch {
      // Why it does not answer is the parts' to say.
      return false
    } finally {
      this.#refreshing = null
    }
  }
}
