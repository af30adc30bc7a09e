// Looks at something every so often, until it is told to end.

import { nextBeat } from '../pipeline/beat.ts'
import type { Clock } from '../pipeline/clock.ts'

export interface Watch {
  run(signal: AbortSignal): Promise<void>
}

export interface WatchOptions {
  readonly clock: Clock
  readonly everyMs: number
  readonly look: (signal: AbortSignal) => Promise<void>
  /**
   * A look failed; why is the parts' to report, here it only means that nobody knows. What was true at the last look would
   * read as if it still were.
   */
  readonly forget: () => void
}

export function watch({ clock, everyMs, look, forget }: WatchOptions): Watch {
  return {
    run: async (signal) => {
      while (!signal.aborted) {
        await look(signal).catch(forget)
        await nextBeat(clock, everyMs, signal)
      }
    },
  }
}
