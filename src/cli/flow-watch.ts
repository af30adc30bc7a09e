// How everything flows just now: put together of what the parts of this process say, of its counters, and of the log, which
// also knows what others do.

import type { FlowView, SourceFlow } from '../control/flow-view.ts'
import type { Readiness } from '../control/readiness.ts'
import { type BadRun, troublesOf } from '../control/troubles.ts'
import { SIDES } from '../core/contested.ts'
import { badRuns } from '../pipeline/bad-runs.ts'
import { inTime } from '../pipeline/in-time.ts'
import { stateOf } from '../pipeline/run-book.ts'
import { connectorFlow } from './connector-flow.ts'
import type { FlowPlace } from './flow-place.ts'
import { PartStandings } from './part-standings.ts'
import { RUNNING } from './parts.ts'
import { sourceFlows } from './source-flows.ts'

export interface FlowWatchOptions extends FlowPlace {
  readonly version: string
  /** The names of those that this process runs. */
  readonly parts: ReadonlySet<string>
  readonly readiness: () => Promise<Readiness>
}

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
    const { version, clock, connectors, readiness } = this.#options
    await this.#refreshed()
    const { ready, why, parts: reports } = await readiness()
    const parts = new PartStandings(this.#options.parts, reports)
    const flows = connectors.map((connector) => connectorFlow(this.#options, connector, parts))
    const sources = sourceFlows(this.#options, parts)
    const carryingOut = { state: parts.stateOf(RUNNING), error: parts.errorOf(RUNNING) }
    const conflicts = this.#options.books.conflicts.openFor()
    const amiss = { conflicts, carryingOut, runs: this.#badRuns(), throttles: this.throttles() }
    return {
      at: new Date(clock.nowMs()).toISOString(),
      version,
      started_at: new Date(this.#startedAtMs).toISOString(),
      ...{ ready, why: [...why], sources: [...sources], flows },
      log: this.#log(sources),
      sinks: SIDES.flatMap((name) => (connectors.some(({ sink }) => sink === name) ? [{ name, kind: name }] : [])),
      open_conflicts: conflicts,
      runs: this.#runs(),
      troubles: [...troublesOf({ sources, flows, ...amiss })],
    }
  }

  /** Of the last minute, by connector, of what this process delivers. */
  throttles(): ReadonlyMap<string, number> {
    const { connectors, rates } = this.#options
    return new Map(connectors.map(({ name }) => [name, rates.grown('sinkThrottles', { connector: name })]))
  }

  /** Until the log has said what is new, or has taken too long: what it said last stands, and the parts say what is amiss. */
  async #refreshed(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
    })
    await inTime(this.#refreshing, this.#options.clock, LOG_MS_MAX)
  }

  async #refresh(): Promise<void> {
    const { books, logRates } = this.#options
    const { gaps, conflicts, bookmarks, letters } = books
    const asked = [gaps, conflicts, bookmarks, letters].map((book) => book.refresh())
    await Promise.allSettled([...asked, logRates.look()])
  }

  #log(sources: readonly SourceFlow[]): FlowView['log'] {
    const { log: kind, rates } = this.#options
    const known = sources.flatMap(({ rows_per_second }) => rows_per_second ?? [])
    const isHere = sources.every(({ state }) => state !== 'elsewhere' && state !== 'standby')
    return {
      kind,
      records_per_second: known.length === sources.length ? known.reduce((sum, rate) => sum + rate, 0) : null,
      bytes_per_second: isHere ? rates.perSecond('captureBytes', {}) : null,
    }
  }

  #badRuns(): readonly BadRun[] {
    const { books, clock } = this.#options
    return badRuns(books.runs, clock.nowMs()).map(({ order, progress }) => {
      return { ...order, fault: progress?.fault ?? null }
    })
  }

  #runs(): FlowView['runs'] {
    const states = this.#options.books.runs.standings().map(stateOf)
    const count = (state: string) => states.filter((one) => one === state).length
    return { active: count('running'), queued: count('queued') }
  }
}
