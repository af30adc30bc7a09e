// Folds the write-ahead log back into the file, between transactions: when nobody waits, or when it has grown too long.
// Readers hold no snapshot across an await, so it can always be folded soon, and stays short.

import type { Statements } from './statements.ts'

const PAGE_BYTES = 4096
/** Worth folding once nobody waits. */
const DUE_BYTES = 4 * 1024 * 1024
/** Folded even while somebody waits. */
const OVERDUE_BYTES = 32 * 1024 * 1024
/** Writers of all processes wait until the log could start again from its beginning. */
const LIMIT_BYTES = 64 * 1024 * 1024
/** Looking how long the log is costs little, though not nothing: once for so much. */
const LOOK_BYTES = 256 * 1024
/** A transaction writes whole pages, so that even a small one brings about this much. */
const TRANSACTION_BYTES = 8 * PAGE_BYTES

interface Extent {
  readonly busy: number
  readonly log: number
  readonly checkpointed: number
}

export class Checkpoint {
  readonly #sql: Statements
  #unlooked = 0
  #pendingBytes = 0

  constructor(sql: Statements) {
    this.#sql = sql
  }

  /** Called after each transaction, with what it brought. */
  after(bytes: number, isIdle: boolean): void {
    this.#unlooked += bytes + TRANSACTION_BYTES
    if (this.#unlooked > LOOK_BYTES) this.#look()
    if (this.#pendingBytes > (isIdle ? DUE_BYTES : OVERDUE_BYTES)) this.#fold()
  }

  #look(): void {
    this.#unlooked = 0
    this.#pendingBytes = pendingBytes(this.#sql.one<Extent>('PRAGMA wal_checkpoint(NOOP)'))
  }

  #fold(): void {
    const extent = this.#sql.one<Extent>('PRAGMA wal_checkpoint(PASSIVE)')
    const isTooLong = extent.log * PAGE_BYTES > LIMIT_BYTES
    const left = isTooLong ? this.#sql.one<Extent>('PRAGMA wal_checkpoint(TRUNCATE)') : extent
    // What could not be folded now is looked at again after some more has come.
    this.#pendingBytes = 0
    this.#unlooked = isTooLong && left.busy !== 0 ? LOOK_BYTES : 0
  }
}

/** What the log holds beyond what has been folded; all of it while readers keep it from starting again. */
function pendingBytes({ log, checkpointed }: Extent): number {
  return Math.max(log - checkpointed, log * PAGE_BYTES > LIMIT_BYTES ? log : 0) * PAGE_BYTES
}
