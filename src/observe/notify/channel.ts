// One way to reach people. Throws a MillraceError: what its fate is says whether another try may succeed.

import type { Message } from './message.ts'

export const CHANNELS = ['mail', 'slack'] as const

/** Whom a message that was taken does not reach. */
export interface Unreached {
  /** For good, and by name. */
  readonly refused: readonly string[]
  /** For now. */
  readonly putOff: readonly string[]
}

export const ALL_REACHED: Unreached = { refused: [], putOff: [] }

export interface Channel {
  readonly name: (typeof CHANNELS)[number]
  /**
   * To these alone, or, where `to` is null, to all. Throws MAIL_… or SLACK_… where nobody was reached; one that may be tried
   * again may say when, as a Delayed.
   */
  send(message: Message, to: readonly string[] | null): Promise<Unreached>
  /** Throws as send does where it would; nobody gets anything. */
  check(): Promise<void>
  close(): Promise<void>
}
