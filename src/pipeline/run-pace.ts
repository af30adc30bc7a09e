// How fast a run may go: within the limits that it is given, and never so far ahead of the deliveries that live changes
// would have to wait behind its rows.

import { type Limits, NO_TALLY, rowsOf, unitsPerRow } from '../core/run.ts'
import type { Clock } from './clock.ts'
import type { RunWork } from './run-work.ts'

/** Live changes wait behind what is ahead of them in the log: this much of a second's deliveries. */
const AHEAD_MS = 300
const AHEAD_ROWS_MIN = 50
const MEASURE_MS = 500
const PAUSE_MS = 10

export interface RunPaceOptions {
  readonly clock: Clock
  readonly limits: () => Limits
  /** About so many write units a row costs in the target. */
  readonly unitsPerRow: () => number
  /** Rows of the run that have been delivered. */
  readonly delivered: () => Promise<number>
  /** So far ahead it may go in any case; live changes do not wait behind everything. */
  readonly aheadMin?: number
}

export class RunPace {
  readonly #options: RunPaceOptions
  /** What was read last; an earlier attempt of the run may have read it. */
  #last: { readonly rows: number | null; readonly tookMs: number; readonly atMs: number } | null = null
  #measured: { readonly atMs: number; readonly rows: number } | null = null
  #rowsPerSecond = 0

  constructor(options: RunPaceOptions) {
    this.#options = options
  }

  /** By the limits of this run, and what deliveries have counted for it. */
  static of(work: RunWork, clock: Clock, aheadMin = AHEAD_ROWS_MIN): RunPace {
    let tally = NO_TALLY
    return new RunPace({
      ...{ clock, aheadMin },
      limits: () => work.limits(),
      unitsPerRow: () => unitsPerRow(tally),
      delivered: async () => {
        tally = await work.tally()
        return rowsOf(tally)
      },
    })
  }

  /** How fast deliveries have been of late. */
  get rowsPerSecond(): number {
    return this.#rowsPerSecond
  }

  /** The run goes on: it was read for at this time at the latest. */
  resume(atMs: number): void {
    this.#last = { rows: null, tookMs: 0, atMs }
  }

  /** Waits until more rows may be read, of which so many have been so far; answers how many, 0 when it is to end. */
  async admit(rows: number, signal: AbortSignal): Promise<number> {
    const { clock, delivered, aheadMin = AHEAD_ROWS_MIN } = this.#options
    for (;;) {
      if (signal.aborted) return 0
      const done = await delivered()
      this.#measure(done)
      const ahead = Math.max(aheadMin, (this.#rowsPerSecond * AHEAD_MS) / 1_000)
      const room = Math.floor(ahead - (rows - done))
      const waitMs = this.#freeAtMs() - clock.nowMs()
      if (waitMs <= 0 && room > ahead / 4) return Math.min(room, this.#perTurn())
      await clock.sleep(Math.max(PAUSE_MS, Math.min(waitMs, MEASURE_MS)), signal)
    }
  }

  /** So many rows were read, and it took the source so long. */
  took(rows: number, tookMs: number): void {
    this.#last = { rows, tookMs, atMs: this.#options.clock.nowMs() }
  }

  /** By the limits as they are now: one that was raised counts at once. */
  #freeAtMs(): number {
    if (this.#last === null) return 0
    const { tookMs, atMs, rows } = this.#last
    const { sourceShare } = this.#options.limits()
    const rowsPerSecond = this.#rate()
    const forRateMs = rowsPerSecond === null ? 0 : ((rows ?? this.#perTurn()) / rowsPerSecond) * 1_000 - tookMs
    const forShareMs = sourceShare === null ? 0 : tookMs * (1 / sourceShare - 1)
    return atMs + Math.max(forRateMs, forShareMs, 0)
  }

  /** With a low rate, a page a second at most would be a burst: ten a second is steady enough. */
  #perTurn(): number {
    const rowsPerSecond = this.#rate()
    return rowsPerSecond === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(rowsPerSecond / 10))
  }

  #rate(): number | null {
    const { limits, unitsPerRow } = this.#options
    const { rowsPerSecond, writeUnitsPerSecond } = limits()
    if (writeUnitsPerSecond === null) return rowsPerSecond
    return Math.min(writeUnitsPerSecond / unitsPerRow(), rowsPerSecond ?? Number.POSITIVE_INFINITY)
  }

  #measure(rows: number): void {
    const nowMs = this.#options.clock.nowMs()
    const last = this.#measured
    if (last !== null && nowMs - last.atMs < MEASURE_MS) return
    this.#measured = { atMs: nowMs, rows }
    if (last === null) return
    const now = ((rows - last.rows) / (nowMs - last.atMs)) * 1_000
    this.#rowsPerSecond = this.#rowsPerSecond === 0 ? now : this.#rowsPerSecond * 0.5 + now * 0.5
  }
}
