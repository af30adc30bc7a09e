// What is to be sent, in order, for each channel by itself: a mail server that is away does not keep Slack from hearing.
// Tries again with growing delays, holds so many messages and no more, and never throws.

import { MillraceError } from '../../core/errors.ts'
import type { Channel, Unreached } from './channel.ts'
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
  /** Null: all. */
  readonly to: readonly string[] | null
  readonly sinceMs: number
  readonly settle: (isSent: boolean) => void
}

interface Line {
  readonly channel: Channel
  readonly waiting: Waiting[]
  wake: () => void
  /** Where messages wait for those who were put off, so that all others hear of what comes next; null: here. */
  readonly rest: Line | null
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
    this.#lines = options.channels.map((channel) => lineOf(channel, lineOf(channel, null)))
  }

  /** Whether anybody was reached by it, on one of the channels; false also for what was taken back. */
  async offer(message: Message): Promise<boolean> {
    const sinceMs = this.#options.clock.nowMs()
    const settled = this.#lines.map((line) => {
      const { promise, resolve: settle } = Promise.withResolvers<boolean>()
      this.#add(line, { message, to: null, sinceMs, settle })
      return promise
    })
    const reached = settled.map(async (one) => ((await one) ? true : Promise.reject(new Error('not sent'))))
    return Promise.any(reached).catch(() => false)
  }

  /** How many wait, by channel. */
  get waiting(): ReadonlyMap<Channel['name'], number> {
    const count = ({ waiting, rest }: Line) => waiting.length + (rest?.waiting.length ?? 0)
    return new Map(this.#lines.map((line) => [line.channel.name, count(line)]))
  }

  /** Others tell it now. */
  takeBack(): void {
    for (const { waiting } of this.#all()) for (const { settle } of waiting.splice(0)) settle(false)
  }

  /** Until the signal aborts; what then waits is left to whoever comes next. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#all().map((line) => this.#work(line, signal)))
  }

  #all(): readonly Line[] {
    return this.#lines.flatMap((line) => (line.rest === null ? [line] : [line, line.rest]))
  }

  #add(line: Line, one: Waiting): void {
    line.waiting.push(one)
    if (line.waiting.length > WAITING_MAX) this.#drop(line)
    line.wake()
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
    let unreached: Unreached
    try {
      unreached = await channel.send(first.message, first.to)
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
    this.#leave(line, first, unreached)
    return null
  }

  /** Who was put off is asked again; who was refused is not. */
  #leave(line: Line, sent: Waiting, { refused, putOff }: Unreached): void {
    const { onFared } = this.#options
    const { channel, rest } = line
    const named = (names: readonly string[]) => `others were reached, but not ${names.join(', ')}`
    if (refused.length > 0) onFared(channel.name, 'refused', new MillraceError('MAIL_REFUSED', named(refused)))
    if (putOff.length === 0) return
    onFared(channel.name, 'retried', new MillraceError('MAIL_UNREACHABLE', named(putOff)))
    this.#add(rest ?? line, { ...sent, to: putOff, settle: () => undefined })
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

function lineOf(channel: Channel, rest: Line | null): Line {
  return { channel, waiting: [], wake: () => undefined, rest }
}
