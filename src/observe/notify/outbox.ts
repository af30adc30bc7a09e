// What is to be sent, in order, for each channel by itself: a mail server that is away does not keep Slack from hearing.
// Tries again with growing delays, holds so many messages and no more, and never throws.

import { MillraceError } from '../../core/errors.ts'
import type { Channel } from './channel.ts'
import { Delayed } from './delayed.ts'
import type { Message } from './message.ts'

export const FARES = ['sent', 'retried', 'refused', 'dropped'] as const
export type Fared = (typeof FARES)[number]

export interface OutboxOptions {
  readonly channels: readonly Channel[]
  readonly clock: {
    nowMs(): number
    sleep(delayMs: number, signal: AbortSignal): Promise<void>
  }
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  readonly onFared: (channel: Channel['name'], how: Fared, error: MillraceError | null) => void
}

interface Waiting {
  readonly message: Message
  readonly sinceMs: number
  readonly settle: (isSent: boolean) => void
}

interface Line {
  readonly channel: Channel
  readonly waiting: Waiting[]
  wake: () => void
}

const WAITING_MAX = 100
const FIRST_DELAY_MS = 2_000
const LONGEST_DELAY_MS = 5 * 60_000
/** Older news is none. */
const AGE_MS_MAX = 24 * 3_600_000

export class Outbox {
  readonly #options: OutboxOptions
  readonly #lines: readonly Line[]

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#lines = options.channels.map((channel) => ({ channel, waiting: [], wake: () => undefined }))
  }

  /** Whether anybody was reached by it, on one of the channels; false also for what was taken back. */
  async offer(message: Message): Promise<boolean> {
    const sinceMs = this.#options.clock.nowMs()
    const settled = this.#lines.map((line) => {
      const { promise, resolve: settle } = Promise.withResolvers<boolean>()
      line.waiting.push({ message, sinceMs, settle })
      if (line.waiting.length > WAITING_MAX) this.#drop(line)
      line.wake()
      return promise
    })
    const reached = settled.map(async (one) => ((await one) ? true : Promise.reject(new Error('not sent'))))
    return Promise.any(reached).catch(() => false)
  }

  /** How many wait, by channel. */
  get waiting(): ReadonlyMap<Channel['name'], number> {
    return new Map(this.#lines.map(({ channel, waiting }) => [channel.name, waiting.length]))
  }

  /** Others tell it now. */
  takeBack(): void {
    for (const { waiting } of this.#lines) for (const { settle } of waiting.splice(0)) settle(false)
  }

  /** Until the signal aborts; what then waits is left to whoever comes next. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#lines.map((line) => this.#work(line, signal)))
  }

  async #work(line: Line, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => line.wake(), { once: true })
    for (let tries = 0; !signal.aborted; ) {
      const [first] = line.waiting
      if (first === undefined) await new Promise<void>((wake) => (line.wake = wake))
      else {
        const waitMs = await this.#try(line, first, tries)
        tries = waitMs === null ? 0 : tries + 1
        if (waitMs !== null) await this.#options.clock.sleep(waitMs, signal)
      }
    }
  }

  /** Sends it; null when that is settled, else how long to wait before the next try. */
  async #try(line: Line, first: Waiting, tries: number): Promise<number | null> {
    const { clock, onFared } = this.#options
    const { channel } = line
    try {
      await channel.send(first.message)
    } catch (thrown) {
      const error =
        thrown instanceof MillraceError ? thrown : new MillraceError('INTERNAL', 'sending', { cause: thrown })
      const isOver = error.fate !== 'retry' || clock.nowMs() - first.sinceMs > AGE_MS_MAX
      onFared(channel.name, isOver ? 'refused' : 'retried', error)
      if (isOver) this.#done(line, first, false)
      return isOver ? null : this.#delayMs(error, tries)
    }
    onFared(channel.name, 'sent', null)
    this.#done(line, first, true)
    return null
  }

  #done({ waiting }: Line, one: Waiting, isSent: boolean): void {
    const at = waiting.indexOf(one)
    if (at !== -1) waiting.splice(at, 1)
    one.settle(isSent)
  }

  #drop(line: Line): void {
    // The first is being sent, perhaps.
    const [dropped] = line.waiting.splice(1, 1)
    dropped?.settle(false)
    this.#options.onFared(line.channel.name, 'dropped', null)
  }

  #delayMs(error: MillraceError, tries: number): number {
    const named = error instanceof Delayed ? error.afterMs : null
    const growing = Math.min(FIRST_DELAY_MS * 2 ** tries, LONGEST_DELAY_MS) * (0.5 + this.#options.random() / 2)
    return named === null ? growing : Math.min(Math.max(named, growing), LONGEST_DELAY_MS)
  }
}
