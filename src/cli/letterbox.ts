// Where everything that is told to people goes through: so many messages an hour and no more, and what had to wait is named in
// the next one that goes.

import type { Logger } from '../observe/logger.ts'
import type { Metrics } from '../observe/metrics.ts'
import { Hourly } from '../observe/notify/hourly.ts'
import type { Message } from '../observe/notify/message.ts'
import type { Outbox } from '../observe/notify/outbox.ts'
import type { Clock } from '../pipeline/clock.ts'

export interface LetterboxOptions {
  readonly outbox: Pick<Outbox, 'offer' | 'takeBack'>
  readonly clock: Clock
  readonly metrics: Pick<Metrics, 'noticesHeld'>
  readonly logger: Pick<Logger, 'info'>
  readonly perHour: number
}

export interface Letter {
  /** What waits for room under the same name waits once. */
  readonly name: string
  readonly subject: string
  /** With the subjects of what was held back before it. */
  readonly write: (heldBack: readonly string[]) => Message
}

export class Letterbox {
  readonly #options: LetterboxOptions
  readonly #hourly: Hourly

  constructor(options: LetterboxOptions) {
    this.#options = options
    this.#hourly = new Hourly(options.perHour)
  }

  /** Whether anybody was reached by it, in time; null where it has to be posted again, for there is no room now. */
  post({ name, subject, write }: Letter): Promise<boolean> | null {
    const { outbox, clock, metrics, logger } = this.#options
    const nowMs = clock.nowMs()
    if (!this.#hourly.hasRoom(nowMs)) {
      if (this.#hourly.hold(name, subject)) metrics.noticesHeld.inc()
      return null
    }
    logger.info({ name, subject }, 'tells people')
    return outbox.offer(write(this.#hourly.take(name, nowMs)))
  }

  /** Others tell it now. */
  takeBack(): void {
    this.#options.outbox.takeBack()
  }
}
