// Where the time of a batch goes, stage by stage.

import type { Clock } from './clock.ts'
import { STAGES, type Stage } from './stages.ts'

export class Stopwatch {
  readonly #clock: Clock
  readonly #stagesMs = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get stagesMs(): Readonly<Record<Stage, number>> {
    return this.#stagesMs
  }

  async time<Value>(stage: Stage, work: () => Promise<Value>): Promise<Value> {
    const startMs = this.#clock.nowMs()
    try {
      return await work()
    } finally {
      this.#stagesMs[stage] += this.#clock.nowMs() - startMs
    }
  }
}
