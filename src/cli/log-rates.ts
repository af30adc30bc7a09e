// What moves through the log, whoever moves it: by how its ends and the lags of its readers have moved between two looks. About
// right: some logs count marks of their own as records.

import type { Log } from '../log/log.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { LagWatch } from './lag-watch.ts'

export interface LogRatesOptions {
  readonly log: Pick<Log, 'ends'>
  readonly lag: Pick<LagWatch, 'of'>
  readonly clock: Clock
  /** The topics of each reader. */
  readonly readers: ReadonlyMap<string, readonly string[]>
}

interface Look {
  readonly atMs: number
  /** By topic, one for each partition. */
  readonly ends: ReadonlyMap<string, readonly number[]>
  /** By reader. */
  readonly lags: ReadonlyMap<string, number>
}

const LOOKS_MAX = 6
/** Looks that lie further apart say nothing of now. */
const WITHIN_MS = 15_000

export class LogRates {
  readonly #options: LogRatesOptions
  /** The newest first. */
  #looks: readonly Look[] = []

  constructor(options: LogRatesOptions) {
    this.#options = options
  }

  async look(): Promise<void> {
    const { log, lag, clock, readers } = this.#options
    const ends = new Map<string, readonly number[]>()
    for (const topic of new Set([...readers.values()].flat())) {
      // One that is not there yet holds nothing.
      const partitions = await log.ends(topic).catch(() => [])
      ends.set(
        topic,
        partitions.map(({ offset }) => offset),
      )
    }
    const lags = new Map([...readers.keys()].map((reader) => [reader, lag.of(reader)?.records ?? 0]))
    const atMs = clock.nowMs()
    const recent = this.#looks.filter((look) => atMs - look.atMs < WITHIN_MS)
    this.#looks = [{ atMs, ends, lags }, ...recent].slice(0, LOOKS_MAX)
  }

  /** Null where nobody has looked before. */
  appendedPerSecond(topics: Iterable<string>): number | null {
    const all = [...new Set(topics)]
    return this.#perSecond((look) => sum(look, all))
  }

  /** Null where nobody has looked before. */
  deliveredPerSecond(reader: string): number | null {
    const topics = this.#options.readers.get(reader) ?? []
    return this.#perSecond((look) => sum(look, topics) - (look.lags.get(reader) ?? 0))
  }

  /** Of all its topics, as of the last look. */
  partitionsOf(reader: string): number {
    const topics = this.#options.readers.get(reader) ?? []
    return topics.reduce((all, topic) => all + (this.#looks[0]?.ends.get(topic)?.length ?? 0), 0)
  }

  #perSecond(count: (look: Look) => number): number | null {
    const [now, then] = [this.#looks[0], this.#looks.at(-1)]
    if (now === undefined || then === undefined || now.atMs <= then.atMs) return null
    return Math.max(0, Math.round(((count(now) - count(then)) / (now.atMs - then.atMs)) * 10_000) / 10)
  }
}

function sum({ ends }: Look, topics: readonly string[]): number {
  return topics.flatMap((topic) => ends.get(topic) ?? []).reduce((all, end) => all + end, 0)
}
