// Keeps the canary singing while a source is captured, and by whoever captures it alone: who is fenced, or stops, falls
// silent with its capture.

import { hasFate } from '../core/errors.ts'
import type { Canary } from '../sink/canary.ts'
import type { Clock } from './clock.ts'
import type { Observer } from './observer.ts'
import type { Attempt } from './supervisor.ts'

export interface BesideCanaryOptions {
  /** None, where nobody wants one. */
  readonly canary: Canary | undefined
  /** The source's name. */
  readonly source: string
  readonly clock: Clock
  readonly observer: Pick<Observer, 'sent'>
}

const EVERY_MS = 5_000
/** Rights that are granted meanwhile are used without a start. */
const REFUSED_MS = 60_000

type Singing = BesideCanaryOptions & { readonly canary: Canary }
type Work = (attempt: Attempt) => Promise<void>

export function besideCanary({ canary, ...options }: BesideCanaryOptions, work: Work): Work {
  if (canary === undefined) return work
  return async (attempt) => {
    const ending = new AbortController()
    const singing = sing({ canary, ...options }, AbortSignal.any([attempt.signal, ending.signal]))
    try {
      await work(attempt)
    } finally {
      ending.abort()
      await singing
    }
  }
}

/** Never throws: a canary that cannot sing is no reason to stop anything. */
async function sing({ canary, source, clock, observer }: Singing, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const error: unknown = await canary.sing(signal).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (signal.aborted) return
    observer.sent({ source, error })
    const isRefused = hasFate(error, 'stop')
    await clock.sleep(isRefused ? REFUSED_MS : EVERY_MS, signal)
  }
}
