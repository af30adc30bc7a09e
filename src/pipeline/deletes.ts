// Brings over the deletes of rows that went while nobody captured: for each item whose row is gone, one is appended.
// Whatever that look does not show is newer, and wins.

import { runTag } from '../core/run.ts'
import type { EventCodec } from '../log/codec.ts'
import type { Clock } from './clock.ts'
import { drainRun } from './drain-run.ts'
import { RunPace } from './run-pace.ts'
import type { RunWork } from './run-work.ts'
import { type ItemPlace, placeOf, type Standing, type StandingItems } from './standing-items.ts'

export interface DeletesOptions {
  readonly items: StandingItems
  readonly codec: EventCodec
  readonly clock: Clock
}

export class Deletes {
  readonly #options: DeletesOptions
  readonly #work: RunWork
  readonly #pace: RunPace
  #rows: number

  constructor(options: DeletesOptions, work: RunWork) {
    this.#options = options
    this.#work = work
    this.#pace = RunPace.of(work, options.clock)
    this.#rows = work.progress.rows
  }

  async run(from: ItemPlace | null): Promise<void> {
    const { items, clock } = this.#options
    const { signal } = this.#work
    if (from !== null) this.#pace.resume(this.#work.progress.updatedAtMs)
    let at: ItemPlace = from ?? { target: 0, after: null }
    for (;;) {
      const page = await this.#work.retry(() => items.page(at, signal))
      if (page === null) return drainRun(this.#work, clock, this.#rows)
      for (let start = 0; ; ) {
        const count = await this.#pace.admit(this.#rows, signal)
        if (count === 0) return
        const some = page.standing.slice(start, start + count)
        const last = some.at(-1)
        start += some.length
        const isEnd = last === undefined || start === page.standing.length
        await this.#look(some, isEnd ? page.next : placeOf(at.target, last.item))
        if (isEnd) break
      }
      at = page.next
    }
  }

  async #look(standing: readonly Standing[], next: ItemPlace): Promise<void> {
    const { items, codec } = this.#options
    const { order, signal } = this.#work
    const { events, tookMs } = await this.#work.retry(() => items.gone(standing, runTag(order), signal))
    const rows = this.#rows + events.length
    const step = { bookmark: JSON.stringify(next), rows, rowsPerSecond: this.#pace.rowsPerSecond }
    await this.#work.step(step, () => codec.encode(events))
    this.#rows = rows
    this.#pace.took(standing.length, tookMs)
  }
}
