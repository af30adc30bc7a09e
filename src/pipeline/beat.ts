// Looks that come again and again fall on common beats: a process at rest pays for waking more than for what it does then.

import type { Clock } from './clock.ts'

/** A look that ends shortly before a beat does not come again with it. */
const LEAST = 1 / 4

/** How long it is until the next beat of that length. */
export function tillBeat(nowMs: number, everyMs: number): number {
  const delayMs = everyMs - (nowMs % everyMs)
  return delayMs < everyMs * LEAST ? delayMs + everyMs : delayMs
}

export function nextBeat(clock: Clock, everyMs: number, signal: AbortSignal): Promise<void> {
  return clock.sleep(tillBeat(clock.nowMs(), everyMs), signal)
}
