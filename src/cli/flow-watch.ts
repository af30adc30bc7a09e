// How everything flows just now: put together of what the parts of this process say, of its counters, and of the log, which
// also knows what others do.

import type { Config } from '../config.ts'
import type { ConnectorFlow, FlowState, FlowView, SourceFlow } from '../control/flow-view.ts'
import type { PartReport, Readiness } from '../control/readiness.ts'
import { troublesOf } from '../control/troubles.ts'
import type { Connector } from '../core/connector.ts'
import { SIDES, type Side } from '../core/contested.ts'
import { badRuns } from '../pipeline/bad-runs.ts'
import type { BookmarkBook } from '../pipeline/bookmark-book.ts'
import type { Clock } from '../pipeline/clock.ts'
import type { ConflictBook } from '../pipeline/conflict-book.ts'
import type { DeadCount } from '../pipeline/dead-count.ts'
import type { GapBook } from '../pipeline/gap-book.ts'
import { type RunBook, stateOf } from '../pipeline/run-book.ts'
import type { LagWatch } from './lag-watch.ts'
import { capturePart, deliverPart, RUNNING } from './parts.ts'
import type { Rates } from './rates.ts'

export interface FlowWatchOptions {
  readonly version: string
  readonly clock: Clock
  readonly log: Config['log']['kind']
  readonly connectors: readonly Connector[]
  /** Their names. */
  readonly sources: ReadonlyMap<Side, string>
  /** The names of those that this process runs. */
  readonly parts: ReadonlySet<string>
  readonly readiness: () => Promise<Readiness>
  readonly lag: LagWatch
  readonly rates: Rates
  readonly books: {
    readonly runs: RunBook
    readonly gaps: GapBook
    readonly conflicts: ConflictBook
    readonly bookmarks: BookmarkBook
    readonly letters: DeadCount
  }
}

/** The one source of all that comes from outside. */
const IMPORTS = 'import'
const DIDS = ['applied', 'stale', 'exists', 'rejected'] as const

export class FlowWatch {
  readonly #options: FlowWatchOptions
  readonly #startedAtMs: number

  constructor(options: FlowWatchOptions) {
    this.#options = options
    this.#startedAtMs = options.clock.nowMs()
  }

  async look(): Promise<FlowView> {
    const { version, clock, connectors, readiness, rates, books } = this.#options
    await this.#refresh()
    const { ready, why, parts } = await readiness()
    const nowMs = clock.nowMs()
    const reports = new Map(parts.map((part) => [part.part, part]))
    const sources = [...this.#options.sources].map(([side, name]) => this.#source(side, { name, reports, nowMs }))
    const flows = connectors.map((connector) => this.#flow(connector, { reports, nowMs }))
    const runs = badRuns(books.runs, nowMs).map(({ order, progress }) => ({ ...order, fault: progress?.fault ?? null }))
    const throttles = new Map(connectors.map(({ name }) => [name, rates.grown('sinkThrottles', { connector: name })]))
    const all = [...sources.filter(({ name }) => flows.some(({ from }) => from === name)), ...this.#imports(reports)]
    return {
      at: new Date(nowMs).toISOString(),
      version,
      started_at: new Date(this.#startedAtMs).toISOString(),
      ready,
      why: [...why],
      sources: all,
      log: this.#log(all),
      sinks: SIDES.filter((side) => connectors.some(({ sink }) => sink === side)).map((side) => ({
        name: side,
        kind: side,
      })),
      flows,
      runs: this.#runs(),
      troubles: [...troublesOf({ sources: all, flows, carryingOut: reports.get(RUNNING) ?? null, runs, throttles })],
    }
  }

  /** A log that does not answer is the parts' to report: what it said last stands. */
  async #refresh(): Promise<void> {
    const { gaps, conflicts, bookmarks, letters } = this.#options.books
    await Promise.allSettled([gaps.refresh(), conflicts.refresh(), bookmarks.refresh(), letters.refresh()])
  }

  #source(side: Side, { name, reports, nowMs }: { name: string } & Now): SourceFlow {
    const { rates, books } = this.#options
    const state = this.#stateOf(capturePart(side), reports)
    const isHere = this.#options.parts.has(capturePart(side))
    const seenS = rates.latest('captureSeen', { source: name })
    const seenMs = seenS === null ? books.bookmarks.seenMs(name) : seenS * 1_000
    return {
      name,
      kind: side,
      state,
      seen_at: seenMs === null ? null : new Date(seenMs).toISOString(),
      // The log tells of changes, not of signs of life: from elsewhere, silence cannot be told from rest.
      lag_seconds: !isHere || state === 'standby' || seenS === null ? null : age(seenS * 1_000, nowMs),
      rows_per_second: isHere && state !== 'standby' ? rates.perSecond('captureRows', { source: name }) : null,
      error: reports.get(capturePart(side))?.error ?? null,
    }
  }

  #imports(reports: Now['reports']): readonly SourceFlow[] {
    const { connectors, books } = this.#options
    if (!connectors.some(({ source }) => source === IMPORTS)) return []
    const state = this.#stateOf(RUNNING, reports)
    const imports = books.runs.standings().filter(({ order }) => order.kind === 'import')
    const seenMs = Math.max(...imports.map(({ progress }) => progress?.updatedAtMs ?? 0))
    const running = imports.filter((run) => stateOf(run) === 'running')
    return [
      {
        ...{ name: IMPORTS, kind: IMPORTS, state, lag_seconds: null },
        seen_at: seenMs > 0 ? new Date(seenMs).toISOString() : null,
        rows_per_second: running.reduce((sum, { progress }) => sum + (progress?.rowsPerSecond ?? 0), 0),
        error: reports.get(RUNNING)?.error ?? null,
      },
    ]
  }

  #flow({ name: connector, source, sink }: Connector, { reports, nowMs }: Now): ConnectorFlow {
    const { rates, books, sources } = this.#options
    const part = deliverPart(connector)
    const state = this.#stateOf(part, reports)
    const isHere = state !== 'elsewhere' && state !== 'standby'
    const lag = this.#options.lag.of(connector)
    const [p50, p99] = [rates.latencyMs(connector, 0.5), rates.latencyMs(connector, 0.99)]
    const writes = DIDS.map((did) => [did, rates.perSecond('deliverWrites', { connector, did })] as const)
    return {
      ...{ connector, from: source === 'import' ? IMPORTS : (sources.get(source) ?? source), to: sink, state },
      lag_records: lag?.records ?? null,
      lag_seconds: lag === null ? null : lag.oldestMs === null ? 0 : age(lag.oldestMs, nowMs),
      records_per_second: isHere ? rates.perSecond('deliverRecords', { connector }) : null,
      writes: isHere ? (Object.fromEntries(writes) as ConnectorFlow['writes']) : null,
      latency_ms: p50 === null || p99 === null ? null : { p50, p99 },
      dead_letters: books.letters.of(connector),
      open_gaps: books.gaps.open(connector).length,
      open_conflicts: books.conflicts.openFor(connector),
      error: reports.get(part)?.error ?? null,
    }
  }

  #log(sources: readonly SourceFlow[]): FlowView['log'] {
    const { log: kind, rates } = this.#options
    const known = sources.map((source) => source.rows_per_second).filter((rate) => rate !== null)
    const isKnown = known.length === sources.length
    return {
      kind,
      records_per_second: isKnown ? known.reduce((sum, rate) => sum + rate, 0) : null,
      bytes_per_second: isKnown ? rates.perSecond('captureBytes', {}) : null,
    }
  }

  #runs(): FlowView['runs'] {
    const states = this.#options.books.runs.standings().map(stateOf)
    const count = (state: string) => states.filter((one) => one === state).length
    return { active: count('running'), queued: count('queued') }
  }

  #stateOf(part: string, reports: Now['reports']): FlowState {
    if (!this.#options.parts.has(part)) return 'elsewhere'
    const report = reports.get(part)
    if (report === undefined) return 'starting'
    if (report.state === 'running' && report.partitions === 0) return 'standby'
    return report.state === 'ended' ? 'stopped' : report.state
  }
}

interface Now {
  readonly reports: ReadonlyMap<string, PartReport>
  readonly nowMs: number
}

/** By two clocks: neither is ahead of the other for people. */
function age(ms: number, nowMs: number): number {
  return Math.round(Math.max(0, nowMs - ms) / 100) / 10
}
