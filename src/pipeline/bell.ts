// Wakes whoever waits for something to do, at once when it is rung, else after a while.

import type { Clock } from './clock.ts'

export class Bell {
  #wake: (() => void)[] = []
  #isRung = false

  ring(): void {
    this.#isRung = true
    const wake = this.#wake
    this.#wake = []
    for (const one of wake) one()
  }

  /** Resolves at once when it was rung since the last wait. */
  async wait(clock: Clock, atMostMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isRung) {
      const over = new AbortController()
      const rung = new Promise<void>((resolve) => this.#wake.push(resolve))
      await Promise.race([rung, clock.sleep(atMostMs, AbortSignal.any([signal, over.signal]))])
      over.abort()
    }
    this.#isRung = false
  }
}
