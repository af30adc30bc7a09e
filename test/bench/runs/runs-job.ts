// What every contender of runs is given.

export interface RunsJob {
  readonly mysqlUrl: string
  readonly endpoint: string
  /** Of the target: equal to the rows where they are compared, else empty. */
  readonly table: string
  readonly rows: number
  /** A log: filled where it is replayed, else a file that is not there yet. */
  readonly log: string
}
