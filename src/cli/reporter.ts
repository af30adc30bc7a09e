// Hears what the parts say of themselves: counts it, logs what a person should know, and remembers how each part stands.

import type { PartReport } from '../control/readiness.ts'
import { hasFate } from '../core/errors.ts'
import { type Gap, gapKey } from '../core/gap.ts'
import type { Logger } from '../observe/logger.ts'
import type { Metrics } from '../observe/metrics.ts'
import type {
  Appended,
  Arrived,
  Checked,
  Delivered,
  Disputed,
  Ended,
  Imported,
  Led,
  LookedUp,
  Observer,
  Retrying,
  Sent,
  Shared,
  Sliced,
} from '../pipeline/observer.ts'
import type { State } from '../pipeline/state.ts'
import { deliverPart, RUNNING } from './parts.ts'

const STATES: readonly State['is'][] = ['running', 'retrying', 'stopped', 'ended']

export interface ReporterOptions {
  readonly metrics: Metrics
  readonly logger: Logger
  readonly nowMs: () => number
  /** The part that captures a source, by the source's name. */
  readonly captures: ReadonlyMap<string, string>
  /** The name of the source that a connector follows. */
  readonly follows: ReadonlyMap<string, string>
}

interface Standing {
  readonly state: State
  readonly movedAtMs: number | null
  readonly partitions: number | null
}

export class Reporter implements Observer {
  readonly #metrics: Metrics
  readonly #logger: Logger
  readonly #nowMs: () => number
  readonly #captures: ReadonlyMap<string, string>
  readonly #follows: ReadonlyMap<string, string>
  readonly #standings = new Map<string, Standing>()
  /** Those that have been told. */
  readonly #gaps = new Set<string>()
  /** By source, what keeps its canary from being written. */
  readonly #refusals = new Map<string, string | undefined>()

  constructor({ metrics, logger, nowMs, captures, follows }: ReporterOptions) {
    this.#follows = follows
    this.#metrics = metrics
    this.#logger = logger
    this.#nowMs = nowMs
    this.#captures = captures
  }

  appended({ source, rows, bytes, batches, sourceTimeMs, appendMs }: Appended): void {
    const metrics = this.#metrics
    for (const [table, count] of rows) metrics.captureRows.inc({ source, table }, count)
    metrics.captureBytes.inc({ source }, bytes)
    metrics.captureBatches.inc({ source }, batches)
    metrics.captureSeen.set({ source }, sourceTimeMs / 1000)
    metrics.captureDelay.set({ source }, Math.max(0, this.#nowMs() - sourceTimeMs) / 1000)
    metrics.appendTime.observe({ source }, appendMs / 1000)
    const part = this.#captures.get(source)
    if (part !== undefined) this.#moved(part)
  }

  skipped(told: Gap): void {
    if (this.#gaps.has(gapKey(told))) return
    this.#gaps.add(gapKey(told))
    const { source, tables, fromMs, toMs, reason } = told
    const from = fromMs === null ? null : new Date(fromMs).toISOString()
    for (const table of tables) this.#metrics.gaps.inc({ source, table })
    const gap = { source, tables, from, to: new Date(toMs).toISOString(), reason }
    this.#logger.error(
      { gap },
      'CHANGES WERE SKIPPED: what changed in this gap is missing until `millrace repair` has read it again',
    )
  }

  shared({ connector, partitions }: Shared): void {
    this.#metrics.deliverPartitions.set({ connector }, partitions)
    this.#amend(deliverPart(connector), { partitions })
  }

  delivered({ connector, next, records, dead, clashes, verdicts, ...more }: Delivered): void {
    const metrics = this.#metrics
    const { writes, stagesMs, changedAtMs } = more
    metrics.deliverRecords.inc({ connector, topic: next.topic }, records)
    metrics.deliverBatch.observe({ connector }, records)
    if (dead > 0) metrics.deliverDead.inc({ connector, topic: next.topic }, dead)
    if (clashes > 0) metrics.deliverClashes.inc({ connector }, clashes)
    this.disputed({ connector, verdicts })
    for (const [table, ofTable] of Map.groupBy(writes, (write) => write.table)) {
      for (const [did, same] of Map.groupBy(ofTable, (write) => write.did))
        metrics.deliverWrites.inc({ connector, table, did }, same.length)
    }
    for (const [stage, ms] of Object.entries(stagesMs)) metrics.deliverStage.observe({ connector, stage }, ms / 1000)
    const nowMs = this.#nowMs()
    for (const ms of changedAtMs) metrics.deliverLatency.observe({ connector }, Math.max(0, nowMs - ms) / 1000)
    if (dead > 0) this.#logger.warn({ connector, topic: next.topic, dead }, 'events went to the dead topic')
    this.#moved(deliverPart(connector))
  }

  disputed({ connector, verdicts }: Disputed): void {
    for (const verdict of verdicts) this.#metrics.conflicts.inc({ connector, verdict })
  }

  checked({ connector, run, checks }: Checked): void {
    const discrepancies = checks.filter(({ ok }) => !ok)
    for (const { check } of discrepancies) this.#metrics.importDiscrepancies.inc({ connector, check })
    if (discrepancies.length > 0) this.#logger.warn({ connector, run, discrepancies }, 'an import left discrepancies')
  }

  ended({ connector, kind, state, tookMs }: Ended): void {
    this.#metrics.runsEnded.inc({ connector, kind, state })
    this.#metrics.runTime.observe({ kind }, tookMs / 1000)
  }

  imported({ connector, rows, setAside }: Imported): void {
    for (const { table, did, count } of rows) this.#metrics.importRows.inc({ connector, table, did }, count)
    for (const [category, count] of setAside) this.#metrics.importSetAside.inc({ connector, category }, count)
  }

  sent({ source, error }: Sent): void {
    const refusal = hasFate(error, 'stop') ? error : null
    // What passes by itself is for the age of the last arrival to show.
    if (error !== null && refusal === null) return
    this.#metrics.canaryOn.set({ source }, refusal === null ? 1 : 0)
    const isTold = this.#refusals.get(source) === refusal?.code
    this.#refusals.set(source, refusal?.code)
    if (refusal === null || isTold) return
    this.#logger.info({ source, err: refusal }, 'goes without a canary: lag is told by the log alone')
  }

  arrived({ connector, changedAtMs }: Arrived): void {
    const source = this.#follows.get(connector) ?? ''
    const nowMs = this.#nowMs()
    this.#metrics.canarySeen.set({ connector, source }, nowMs / 1000)
    this.#metrics.canaryTime.observe({ connector, source }, Math.max(0, nowMs - changedAtMs) / 1000)
    this.#moved(deliverPart(connector))
  }

  lookedUp({ connector, from, values }: LookedUp): void {
    this.#metrics.lookupValues.inc({ connector, from }, values)
  }

  led({ isLeading, runs }: Led): void {
    this.#metrics.runsActive.set(runs)
    this.#amend(RUNNING, { partitions: isLeading ? 1 : 0 })
    this.#moved(RUNNING)
  }

  sliced({ source, slices }: Sliced): void {
    const part = this.#captures.get(source)
    if (part !== undefined) this.#amend(part, { partitions: slices })
  }

  retrying({ part, error, attempts, delayMs, level }: Retrying): void {
    this.#metrics.retries.inc({ part, code: error.code })
    this.#logger[level]({ part, err: error, attempts, delayMs }, 'will try again')
  }

  entered(part: string, state: State): void {
    const before = this.#standings.get(part)
    this.#standings.set(part, { movedAtMs: null, partitions: null, ...before, state })
    for (const one of STATES) this.#metrics.partState.set({ part, state: one }, one === state.is ? 1 : 0)
    if (state.is === 'stopped') this.#logger.error({ part, err: state.error }, 'stopped until a person acts')
    else if (state.is === 'running' && before?.state.is === 'retrying') this.#logger.info({ part }, 'runs again')
  }

  /** How each part stands; what it has to go is for others to say. */
  parts(): readonly Omit<PartReport, 'lagRecords'>[] {
    return [...this.#standings].map(([part, { state, movedAtMs, partitions }]) => {
      const error = 'error' in state ? state.error : null
      return {
        part,
        state: state.is,
        movedAtMs,
        partitions,
        error: error === null ? null : { code: error.code, message: error.message, hint: error.hint },
      }
    })
  }

  #moved(part: string): void {
    this.#amend(part, { movedAtMs: this.#nowMs() })
  }

  #amend(part: string, news: Partial<Standing>): void {
    const standing = this.#standings.get(part)
    if (standing !== undefined) this.#standings.set(part, { ...standing, ...news })
  }
}
