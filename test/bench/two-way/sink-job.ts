// What every contender of the way into MySQL is given.

export interface SinkJob {
  /** Of a database that is empty, and of this run alone. */
  readonly url: string
  readonly work: string
  readonly rows: number
}

/** Of either contender: connections, with one statement or call at a time upon each. */
export const CONNECTIONS = 4
/** Rows of one statement, and of one call: what deliver comes to where a target is quick. */
export const CHUNK = 1_000
