// Rows of XA transactions that are prepared and not yet decided. They become changes when the transaction commits, at the
// place of its commit: that is when others can see them, and positions keep growing in the order of the log.

import type { ChangeParts } from '../../core/event.ts'
import type { BinlogEvent } from './binlog-event.ts'
import { unreadable } from './unreadable.ts'

export type HeldRow = Omit<ChangeParts, 'position'>

const BYTES_MAX = 256 * 1024 * 1024

export class XaTransactions {
  readonly #rows = new Map<string, readonly HeldRow[]>()
  #bytes = 0

  prepare(xid: string, rows: readonly HeldRow[]): void {
    this.#bytes += bytesOf(rows)
    if (this.#bytes > BYTES_MAX) {
      throw unreadable(`Prepared XA transactions hold more than ${BYTES_MAX} bytes.`, 'Decide those XA RECOVER names')
    }
    this.#rows.set(xid, rows)
  }

  /** Its rows; empty for one that touched no table of interest. */
  decide(xid: string): readonly HeldRow[] {
    const rows = this.#rows.get(xid) ?? []
    this.#bytes -= bytesOf(rows)
    this.#rows.delete(xid)
    return rows
  }
}

/** The event that ends an XA transaction's rows: whether it commits at once, and its id as statements write it. */
export function readXaPrepare(event: BinlogEvent): { readonly isOnePhase: boolean; readonly xid: string } {
  const { buffer, start } = event
  const format = buffer.readInt32LE(start + 1)
  const globalAt = start + 13
  const branchAt = globalAt + buffer.readInt32LE(start + 5)
  const end = branchAt + buffer.readInt32LE(start + 9)
  const hex = (from: number, to: number): string => buffer.toString('hex', from, to)
  return {
    isOnePhase: buffer[start] === 1,
    xid: `x'${hex(globalAt, branchAt)}',x'${hex(branchAt, end)}',${format}`,
  }
}

function bytesOf(rows: readonly HeldRow[]): number {
  let bytes = 0
  for (const row of rows) bytes += (row.beforeImage?.bytes.length ?? 0) + (row.afterImage?.bytes.length ?? 0)
  return bytes
}
