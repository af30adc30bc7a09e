// What every contender of apply is given.

export interface ApplyJob {
  readonly endpoint: string
  /** Empty, and of this run alone. */
  readonly table: string
  readonly items: number
}

/** Where contenders that deliver find the log; `reader` is of this run alone. */
export interface DeliverJob extends ApplyJob {
  readonly reader: string
  readonly log: string
}

/** Done before the clock runs: compiled code and open connections are nobody's merit. */
export const WARM_UP = 1_000
