// The transaction that the stream is inside of, from its GTID to its end.

import type { GroupStart, Gtid } from './gtid.ts'
import type { HeldRow } from './xa-transactions.ts'

/** Where a row is in the file: its event, and its place in the event. */
export interface RowPlace {
  readonly offset: number
  readonly row: number
}

/** What a savepoint keeps, to go back to. */
interface Savepoint {
  readonly rows: number
  readonly lastRow: RowPlace | null
  readonly pushed: number
  readonly held: number
}

export class Transaction {
  readonly gtid: Gtid | null
  readonly committedMs: number | null
  /** A transaction follows; a statement outside of one stands for itself and ends the group. */
  isOpen: boolean
  /** Rows of followed tables so far, and the last of them. */
  rows = 0
  lastRow: RowPlace | null = null
  /** Set for an XA transaction, whose rows wait until it is decided. */
  held: HeldRow[] | null
  /** Its rows have been handed out before. */
  readonly isKnown: boolean
  /** The sink made it, which its first rows tell; null until they come. */
  isOurs: boolean | null = null
  readonly savepoints = new Map<string, Savepoint>()

  constructor(start: GroupStart, isKnown: boolean) {
    this.isKnown = isKnown
    this.gtid = start.gtid
    this.committedMs = start.committedMs
    this.isOpen = start.isTransaction === true
    this.held = start.isPreparing ? [] : null
  }

  /** Another row of a followed table. */
  count(at: RowPlace): void {
    this.rows++
    this.lastRow = at
  }

  get name(): string {
    return `Transaction ${this.gtid?.text ?? 'without a GTID'}`
  }
}
