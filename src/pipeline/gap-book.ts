// All gaps as the log has them, and for which connectors each of them is still open.

import type { Connector } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import { type Gap, type GapRepair, gapKey } from '../core/gap.ts'
import { GAPS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import type { RunBook } from './run-book.ts'
import { TopicTail } from './topic-tail.ts'

export interface GapBookOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly runs: RunBook
  /** The sources' names: a log may hold gaps of others. */
  readonly sources: ReadonlyMap<Side, string>
  readonly connectors: readonly Connector[]
  readonly signal: AbortSignal
}

/** What a gap is to one connector that reads a table of it. */
export interface GapStanding {
  readonly connector: string
  /** Those of its tables that the connector reads. */
  readonly tables: readonly string[]
  /** Null while it is open. */
  readonly repair: GapRepair | null
}

export interface KnownGap {
  readonly id: string
  readonly gap: Gap
  readonly standings: readonly GapStanding[]
}

export class GapBook {
  readonly #options: GapBookOptions
  readonly #tail: TopicTail
  readonly #gaps = new Map<string, Gap>()

  constructor(options: GapBookOptions) {
    this.#options = options
    const { log, signal } = options
    this.#tail = new TopicTail({ log, signal, topic: GAPS, take: (record) => this.#take(record) })
  }

  async refresh(): Promise<void> {
    await this.#tail.refresh()
    await this.#options.runs.refresh()
  }

  /** The newest first. */
  all(): readonly KnownGap[] {
    const gaps = [...this.#gaps].toSorted(([, one], [, other]) => other.toMs - one.toMs)
    return gaps.map(([id, gap]) => ({ id, gap, standings: this.#standings(id, gap) }))
  }

  /** Those that are open for this connector. */
  open(connector: string): readonly KnownGap[] {
    return this.all().filter(({ standings }) => {
      return standings.some((standing) => standing.connector === connector && standing.repair === null)
    })
  }

  #standings(id: string, { tables, source }: Gap): readonly GapStanding[] {
    const { connectors, runs, sources } = this.#options
    return connectors.flatMap((connector) => {
      if (sources.get(connector.source) !== source) return []
      const own = Object.keys(connector.tables).filter((table) => tables.includes(table))
      const repair = runs.repairOf(connector.name, id)
      return own.length === 0 ? [] : [{ connector: connector.name, tables: own, repair }]
    })
  }

  #isOurs({ source }: Gap): boolean {
    return [...this.#options.sources.values()].includes(source)
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    const id = Buffer.from(key).toString()
    const gap = value === null ? null : await this.#options.records.unpack('gap', value)
    if (gap !== null && this.#isOurs(gap)) this.#gaps.set(gapKey(gap), gap)
    else this.#gaps.delete(id)
  }
}
