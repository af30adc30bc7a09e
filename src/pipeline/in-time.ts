// What something comes to, if it comes to it in time: for those who would rather answer without it than not at all.

import type { Clock } from './clock.ts'

/** Null when it takes longer; it goes on by itself. */
export async function inTime<Value>(work: Promise<Value>, clock: Clock, withinMs: number): Promise<Value | null> {
  const done = new AbortController()
  try {
    return await Promise.race([work, clock.sleep(withinMs, done.signal).then(() => null)])
  } finally {
    done.abort()
  }
}
