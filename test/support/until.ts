// Waits for a condition with a deadline; what was seen last is in the failure.

import { setTimeout as delay } from 'node:timers/promises'

export interface Waiting {
  readonly what: string
  readonly withinMs?: number
  /** Left out: often at first, and then as often as a tenth of what was waited allows, for asking costs what is waited for. */
  readonly everyMs?: number
}

const EVERY_MS = { least: 20, most: 200 }

/** Asks until the answer is not null, and returns it. */
export async function until<Answer>(ask: () => Promise<Answer | null>, waiting: Waiting): Promise<Answer> {
  const { what, withinMs = 60_000, everyMs } = waiting
  const start = Date.now()
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    const waitedMs = Date.now() - start
    if (waitedMs > withinMs) throw new Error(`${what}: not within ${withinMs} ms`)
    await delay(everyMs ?? Math.min(Math.max(waitedMs / 10, EVERY_MS.least), EVERY_MS.most))
  }
}
