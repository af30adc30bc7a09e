// Waits for a condition with a deadline; what was seen last is in the failure.

import { setTimeout as delay } from 'node:timers/promises'

export interface Waiting {
  readonly what: string
  readonly withinMs?: number
  readonly everyMs?: number
}

/** Asks until the answer is not null, and returns it. */
export async function until<Answer>(ask: () => Promise<Answer | null>, waiting: Waiting): Promise<Answer> {
  const { what, withinMs = 60_000, everyMs = 20 } = waiting
  const deadline = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`)
    await delay(everyMs)
  }
}
