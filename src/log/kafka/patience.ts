// Waits a little longer each time for what the cluster is about to do by itself, and gives up in the end.

import { setTimeout as sleep } from 'node:timers/promises'

const FIRST_MS = 1
const GROWTH = 1.5
const LONGEST_MS = 100

export class Patience {
  readonly #untilMs: number
  #pauseMs = FIRST_MS

  constructor(limitMs: number) {
    this.#untilMs = performance.now() + limitMs
  }

  /** Returns after a pause, or throws the reason for all this waiting. */
  async pause(reason: () => Error): Promise<void> {
    if (performance.now() >= this.#untilMs) throw reason()
    await sleep(this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * GROWTH, LONGEST_MS)
  }
}
