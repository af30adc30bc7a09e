// One way to reach people. Throws a MillraceError: what its fate is says whether another try may succeed.

import type { Message } from './message.ts'

export const CHANNELS = ['mail', 'slack'] as const

export interface Channel {
  readonly name: (typeof CHANNELS)[number]
  /** Throws MAIL_… or SLACK_…; one that may be tried again may say when, as a Delayed. */
  send(message: Message): Promise<void>
  /** Throws as send does where it would; nobody gets anything. */
  check(): Promise<void>
  close(): Promise<void>
}
