// How long one request is tried again: with growing, jittered pauses, and not for ever. Afterwards the whole call fails
// as unavailable, and whoever called decides.

import { setTimeout as delay } from 'node:timers/promises'
import type { Trouble } from '../../dynamodb/trouble.ts'
import { named } from './named.ts'

const PAUSE_MS_MIN = 20
const PAUSE_MS_MAX = 1_000

/** A throttled table recovers; a server that is gone is better told to the caller soon. */
const TRIES_MAX: Partial<Record<Trouble, number>> = { throttled: 40, conflict: 40, unreachable: 4 }

export class Patience {
  #tries = 0
  #pauseMs = PAUSE_MS_MIN

  /** Waits before the next try, or throws when there is to be none. */
  async after(trouble: Trouble, cause: unknown, signal: AbortSignal): Promise<void> {
    if (++this.#tries >= (TRIES_MAX[trouble] ?? 0)) throw named(trouble, cause)
    const pauseMs = this.#pauseMs * (0.5 + Math.random())
    this.#pauseMs = Math.min(PAUSE_MS_MAX, this.#pauseMs * 2)
    await delay(pauseMs, undefined, { signal })
  }
}
