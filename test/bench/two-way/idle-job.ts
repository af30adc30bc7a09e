// What is measured while nothing happens, and for how long.

export interface IdleJob {
  /** Of a peer whose shards hold nothing. */
  readonly endpoint: string
  /** Until nobody expects anything any more. */
  readonly settleMs: number
  readonly seconds: number
}
