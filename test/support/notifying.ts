// Processes of one millrace that tell people, as far as telling goes: a real log in a file, a clock of the test's own, and
// what was sent.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FreshNotices } from '../../src/cli/fresh-notices.ts'
import { Letterbox } from '../../src/cli/letterbox.ts'
import { AvroRecords } from '../../src/log/avro/avro-records.ts'
import type { Log } from '../../src/log/log.ts'
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts'
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts'
import type { Message } from '../../src/observe/notify/message.ts'
import type { Clock } from '../../src/pipeline/clock.ts'
import { NoticeBook } from '../../src/pipeline/notice-book.ts'
import { declaredTopics } from '../../src/pipeline/topics.ts'

export class Notifying implements AsyncDisposable {
  nowMs: number
  readonly sent: Message[] = []
  /** Whether anybody takes a message. */
  isReached = true
  isLogAway = false
  /** Whose sleeps last until nobody waits for them. */
  readonly clock: Clock = {
    nowMs: () => this.nowMs,
    sleep: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  }
  readonly records = new AvroRecords(null)
  readonly #folder: string
  readonly #log: Log

  private constructor(nowMs: number, opened: { folder: string; log: Log }) {
    this.nowMs = nowMs
    this.#folder = opened.folder
    this.#log = opened.log
  }

  static async open(at: string): Promise<Notifying> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-notices-'))
    const log = await openSqliteLog({ path: join(folder, 'log.db') })
    await log.declare(declaredTopics([], 1))
    return new Notifying(Date.parse(at), { folder, log })
  }

  at(time: string): void {
    this.nowMs = Date.parse(time)
  }

  /** One that starts now. */
  process({ perHour = 20 } = {}): NotifyingProcess {
    const metrics = createMetrics()
    const outbox = {
      offer: async (message: Message) => {
        if (this.isReached) this.sent.push(message)
        return this.isReached
      },
      takeBack: () => undefined,
    }
    const { clock, records } = this
    const logger = { info: () => undefined }
    const book = new NoticeBook({ log: this.#log, records, signal: new AbortController().signal })
    const answering = { refresh: () => (this.isLogAway ? Promise.reject(new Error('away')) : book.refresh()) }
    return {
      metrics,
      following: { isTelling: true },
      book,
      fresh: new FreshNotices(answering, clock),
      letterbox: new Letterbox({ outbox, clock, metrics, logger, perHour }),
      clock,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log.close()
    await rm(this.#folder, { recursive: true })
  }
}

export interface NotifyingProcess {
  readonly metrics: Metrics
  readonly following: { isTelling: boolean }
  readonly book: NoticeBook
  readonly fresh: FreshNotices
  readonly letterbox: Letterbox
  readonly clock: Clock
}
