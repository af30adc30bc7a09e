// How everything flows just now: put together of what the parts of this process say, of its counters, and of the log, which
// also knows what others do.

import type { Config } from '../config.ts'
import type { ConnectorFlow, FlowState, FlowView, SourceFlow } from '../control/flow-view.ts'
import type { PartReport, Readiness } from '../control/readiness.ts'
import { troublesOf } from '../control/troubles.ts'
import type { Connector } from '../core/connector.ts'
import { SIDES, type Side } from '../core/contested.ts'
import { badRuns } from '../pipeline/bad-runs.ts'
import type { Clock } from '../pipeline/clock.ts'
import { stateOf } from '../pipeline/run-book.ts'
import type { Books } from './books.ts'
import type { LagWatch } from './lag-watch.ts'
import type { LogRates } from './log-rates.ts'
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
  readonly logRates: LogRates
  /** In how many slices each is read. */
  readonly slicesOf: Readonly<Record<Side, number>>
  readonly topicsOf: (connector: Connector) => readonly string[]
  readonly books: Books
}

interface Now {
  readonly reports: ReadonlyMap<string, PartReport>
  readonly nowMs: number
}

/** The one source of all that comes from outside. */
const IMPORTS = 'import'
const DIDS = ['applied', 'stale', 'exists', 'rejected'] as const
const ELSEWHERE: readonly FlowState[] = ['elsewhere', 'standby']
/** A log that hangs must not keep everybody from hearing that it does. */
const LOG_MS_MAX = 2_000

export class FlowWatch {
  readonly #options: FlowWatchOptions
  readonly #startedAtMs: number
  #refreshing: Promise<void> | null = null

  constructor(options: FlowWatchOptions) {
    this.#options = options
    this.#startedAtMs = options.clock.nowMs()
  }

  async look(): Promise<FlowView> {
    const { version, clock, connectors, readiness, rates, books } = this.#options
    await this.#refreshed()
    const { ready, why, parts } = await readiness()
    const nowMs = clock.nowMs()
    const now = { reports: new Map(parts.map((part) => [part.part, part])), nowMs }
    const flows = connectors.map((connector) => this.#flow(connector, now))
    const sources = this.#sources(flows, now)
    const carryingOut = now.reports.get(RUNNING) ?? null
    const runs = badRuns(books.runs, nowMs).map(({ order, progress }) => ({ ...order, fault: progress?.fault ?? null }))
    const throttles = new Map(connectors.map(({ name }) => [name, rates.grown('sinkThrottles', { connector: name })]))
    return {
      at: new Date(nowMs).toISOString(),
      version,
      started_at: new Date(this.#startedAtMs).toISOString(),
      ready,
      why: [...why],
      sources: [...sources],
      log: this.#log(sources),
      sinks: SIDES.flatMap((name) => (connectors.some(({ sink }) => sink === name) ? [{ name, kind: name }] : [])),
      flows,
      runs: this.#runs(),
      troubles: [...troublesOf({ sources, flows, carryingOut, runs, throttles })],
    }
  }

  /** Until the log has said what is new, or has taken too long: what it said last stands, and the parts say what is amiss. */
  async #refreshed(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
    })
    const patience = new AbortController()
    await Promise.race([this.#refreshing, this.#options.clock.sleep(LOG_MS_MAX, patience.signal)])
    patience.abort()
  }

  async #refresh(): Promise<void> {
    const { books, logRates } = this.#options
    const { gaps, conflicts, bookmarks, letters } = books
    const asked = [gaps, conflicts, bookmarks, letters].map((book) => book.refresh())
    await Promise.allSettled([...asked, logRates.look()])
  }

  #sources(flows: readonly ConnectorFlow[], now: Now): readonly SourceFlow[] {
    const followed = [...this.#options.sources].filter(([, name]) => flows.some(({ from }) => from === name))
    const isImporting = flows.some(({ from }) => from === IMPORTS)
    const sources = followed.map(([side, name]) => this.#source(side, { name, ...now }))
    return isImporting ? [...sources, this.#imports(now)] : sources
  }

  #source(side: Side, { name, reports, nowMs }: { readonly name: string } & Now): SourceFlow {
    const { rates, books, connectors, topicsOf, logRates, slicesOf } = this.#options
    const state = this.#stateOf(capturePart(side), reports)
    const isHere = !ELSEWHERE.includes(state)
    const seenS = isHere ? rates.latest('captureSeen', { source: name }) : null
    const seenMs = seenS === null ? books.bookmarks.seenMs(name) : seenS * 1_000
    const topics = connectors.filter(({ source }) => source === side).flatMap(topicsOf)
    return {
      ...{ name, kind: side, state, seen_at: seenMs === null ? null : new Date(seenMs).toISOString() },
      // The log tells of changes, not of signs of life: from elsewhere, silence cannot be told from rest.
      lag_seconds: seenS === null ? null : age(seenS * 1_000, nowMs),
      rows_per_second:
        isHere && !this.#isShared(capturePart(side), { reports, of: slicesOf[side] })
          ? rates.perSecond('captureRows', { source: name })
          : logRates.appendedPerSecond(topics),
      error: reports.get(capturePart(side))?.error ?? null,
    }
  }

  #imports({ reports }: Now): SourceFlow {
    const imports = this.#options.books.runs.standings().filter(({ order }) => order.kind === 'import')
    const seenMs = imports.reduce((newest, { progress }) => Math.max(newest, progress?.updatedAtMs ?? 0), 0)
    const running = imports.filter((run) => stateOf(run) === 'running')
    return {
      ...{ name: IMPORTS, kind: IMPORTS, state: this.#stateOf(RUNNING, reports), lag_seconds: null },
      seen_at: seenMs > 0 ? new Date(seenMs).toISOString() : null,
      rows_per_second: running.reduce((sum, { progress }) => sum + (progress?.rowsPerSecond ?? 0), 0),
      error: reports.get(RUNNING)?.error ?? null,
    }
  }

  #flow({ name: connector, source, sink }: Connector, { reports, nowMs }: Now): ConnectorFlow {
    const { rates, logRates, books, sources } = this.#options
    const part = deliverPart(connector)
    const state = this.#stateOf(part, reports)
    const isHere = !ELSEWHERE.includes(state)
    const lag = this.#options.lag.of(connector)
    const [p50, p99] = [rates.latencyMs(connector, 0.5), rates.latencyMs(connector, 0.99)]
    const writes = DIDS.map((did) => [did, rates.perSecond('deliverWrites', { connector, did })] as const)
    const isAllHere = isHere && !this.#isShared(part, { reports, of: logRates.partitionsOf(connector) })
    return {
      ...{ connector, from: source === 'import' ? IMPORTS : (sources.get(source) ?? source), to: sink, state },
      lag_records: lag?.records ?? null,
      lag_seconds: lag === null ? null : lag.oldestMs === null ? 0 : age(lag.oldestMs, nowMs),
      records_per_second: isAllHere
        ? rates.perSecond('deliverRecords', { connector })
        : logRates.deliveredPerSecond(connector),
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
    const isHere = sources.every(({ state }) => !ELSEWHERE.includes(state))
    return {
      kind,
      records_per_second: known.length === sources.length ? known.reduce((sum, rate) => sum + rate, 0) : null,
      bytes_per_second: isHere ? rates.perSecond('captureBytes', {}) : null,
    }
  }

  #runs(): FlowView['runs'] {
    const states = this.#options.books.runs.standings().map(stateOf)
    const count = (state: string) => states.filter((one) => one === state).length
    return { active: count('running'), queued: count('queued') }
  }

  /** Others hold some of its partitions, or slices. */
  #isShared(part: string, { reports, of }: Pick<Now, 'reports'> & { readonly of: number }): boolean {
    return (reports.get(part)?.partitions ?? of) < of
  }

  #stateOf(part: string, reports: Now['reports']): FlowState {
    if (!this.#options.parts.has(part)) return 'elsewhere'
    const report = reports.get(part)
    if (report === undefined) return 'starting'
    if (report.state === 'running' && report.partitions === 0) return 'standby'
    return report.state === 'ended' ? 'stopped' : report.state
  }
}

/** By two clocks: neither is ahead of the other for people. */
function age(ms: number, nowMs: number): number {
  return Math.round(Math.max(0, nowMs - ms) / 100) / 10
}
