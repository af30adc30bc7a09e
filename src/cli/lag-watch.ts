// How far each connector is behind, asked of the log every so often: true also while nothing moves.

import type { Log } from '../log/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { nextBeat } from '../pipeline/beat.ts'
import type { Clock } from '../pipeline/clock.ts'

export interface LagWatchOptions {
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  /** The topics of each reader. */
  readonly readers: ReadonlyMap<string, readonly string[]>
}

interface Lag {
  /** To go. */
  readonly records: number
  /** When the source made the oldest change that is still to be delivered. */
  readonly oldestMs: number | null
}

const EVERY_MS = 1_000

export class LagWatch {
  readonly #options: LagWatchOptions
  readonly #lags = new Map<string, Lag | null>()

  constructor(options: LagWatchOptions) {
    this.#options = options
  }

  /** As of the last look; null when that could not be told. */
  of(reader: string): Lag | null {
    return this.#lags.get(reader) ?? null
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const reader of this.#options.readers.keys()) await this.#look(reader, signal)
      await nextBeat(this.#options.clock, EVERY_MS, signal)
    }
  }

  /** Whatever keeps the log from answering is the parts' to report; here it only means that nobody knows. */
  async #look(reader: string, signal: AbortSignal): Promise<void> {
    const { metrics, readers, clock } = this.#options
    try {
      let all: Lag = { records: 0, oldestMs: null }
      for (const topic of readers.get(reader) ?? []) {
        const { records, oldestMs } = await this.#lagOf(reader, topic, signal)
        metrics.lagRecords.set({ reader, topic }, records)
        metrics.lagTime.set({ reader, topic }, oldestMs === null ? 0 : Math.max(0, clock.nowMs() - oldestMs) / 1000)
        const oldest = [all.oldestMs, oldestMs].filter((ms) => ms !== null)
        all = { records: all.records + records, oldestMs: oldest.length === 0 ? null : Math.min(...oldest) }
      }
      this.#lags.set(reader, all)
    } catch {
      this.#lags.set(reader, null)
      // What was true at the last look would read as if it still were.
      for (const topic of readers.get(reader) ?? []) {
        metrics.lagRecords.remove({ reader, topic })
        metrics.lagTime.remove({ reader, topic })
      }
    }
  }

  async #lagOf(reader: string, topic: string, signal: AbortSignal): Promise<Lag> {
    const { log } = this.#options
    const records = await log.lag(reader, topic)
    if (records === 0) return { records, oldestMs: null }
    const ends = await log.ends(topic)
    let oldestMs: number | null = null
    for (const from of await log.committed(reader, topic)) {
      const to = ends.find((end) => end.partition === from.partition)
      if (to === undefined || to.offset <= from.offset) continue
      for await (const [first] of log.range(from, to, signal)) {
        if (first !== undefined) oldestMs = Math.min(oldestMs ?? first.timeMs, first.timeMs)
        break
      }
    }
    return { records, oldestMs }
  }
}
