// All gaps as the log has them, and for which connectors each of them is still open.

import type { Connector } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import type { Gap, GapRepair } from '../core/gap.ts'
import { GapTail, type GapTailOptions } from './gap-tail.ts'
import type { RunBook } from './run-book.ts'

export interface GapBookOptions extends Omit<GapTailOptions, 'sources'> {
  readonly runs: RunBook
  /** The sources' names: a log may hold gaps of others. */
  readonly sources: ReadonlyMap<Side, string>
  readonly connectors: readonly Connector[]
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
  readonly #tail: GapTail

  constructor(options: GapBookOptions) {
    this.#options = options
    this.#tail = new GapTail({ ...options, sources: [...options.sources.values()] })
  }

  async refresh(): Promise<void> {
    await this.#tail.refresh()
    await this.#options.runs.refresh()
  }

  /** The newest first. */
  all(): readonly KnownGap[] {
    const gaps = this.#tail.all().toReversed()
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
      if (connector.source === 'import' || sources.get(connector.source) !== source) return []
      const own = Object.keys(connector.tables).filter((table) => tables.includes(table))
      const repair = runs.repairOf(connector.name, id)
      return own.length === 0 ? [] : [{ connector: connector.name, tables: own, repair }]
    })
  }
}
