// Does a thing so many times a second, whether or not those before are done.

import { setTimeout as delay } from 'node:timers/promises'

export interface Pace {
  readonly perSecond: number
  readonly seconds: number
}

/** What came of each, in order. */
export async function steadily<Result>(act: () => Promise<Result>, pace: Pace): Promise<readonly Result[]> {
  const { perSecond, seconds } = pace
  const startMs = performance.now()
  const under: Promise<Result>[] = []
  for (let count = 0; count < perSecond * seconds; count++) {
    const waitMs = startMs + (count * 1000) / perSecond - performance.now()
    if (waitMs > 0) await delay(waitMs)
    under.push(act())
  }
  return Promise.all(under)
}
