// Time, injected so that tests own it.

import { setTimeout as timeout } from 'node:timers/promises'

export interface Clock {
  nowMs(): number
  /** Resolves after the delay, or at once when the signal aborts. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs, signal) => timeout(delayMs, undefined, { signal }).catch(() => undefined),
}
