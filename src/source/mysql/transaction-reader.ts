// The events of transactions, one after the other: rows become changes, a commit makes them whole, what was rolled back
// is forgotten, and an XA transaction waits for its decision.

import { MillraceError } from '../../core/errors.ts'
import { ChangeEvent } from '../../core/event.ts'
import type { BinlogEvent } from './binlog-event.ts'
import type { ChangeBuffer } from './change-buffer.ts'
import { GtidReader } from './gtid.ts'
import { type LogPlace, rowPosition } from './log-place.ts'
import type { Progress } from './progress.ts'
import { replacedTables } from './replaced-tables.ts'
import { decodeRows } from './rows.ts'
import { readRowsEvent } from './rows-event.ts'
import { readStatement, readStatementText, type StatementText } from './statement.ts'
import type { TableMaps } from './table-maps.ts'
import { type RowPlace, Transaction } from './transaction.ts'
import { unreadable } from './unreadable.ts'
import { type HeldRow, readXaPrepare, XaTransactions } from './xa-transactions.ts'

export interface TransactionReaderOptions {
  readonly progress: Progress
  readonly buffer: ChangeBuffer
  readonly maps: TableMaps
  readonly place: LogPlace
  readonly origin: string
}

/** A statement, the event it came in, and where that began. */
interface Said extends StatementText {
  readonly event: BinlogEvent
  readonly offset: number
}

type RowChange = Pick<HeldRow, 'op' | 'keyImage' | 'beforeImage' | 'afterImage' | 'fault'>

export class TransactionReader {
  readonly #options: TransactionReaderOptions
  readonly #gtids = new GtidReader()
  readonly #xa = new XaTransactions()
  #transaction: Transaction | null = null
  /** When the newest complete transaction was committed, by the source's clock. */
  committedMs = 0

  constructor(options: TransactionReaderOptions) {
    this.#options = options
  }

  get isInside(): boolean {
    return this.#transaction !== null
  }

  begin(event: BinlogEvent): void {
    const last = this.#transaction
    if (last !== null && last.rows > 0) throw unfinished(last)
    if (last !== null) this.#end(event)
    const start = this.#gtids.read(event)
    this.#transaction = new Transaction(start, this.#options.progress.isKnown(start.gtid))
    this.#options.maps.trim()
  }

  /** The file ends, and with it what the server could not finish before it stopped. */
  abandon(): void {
    const { buffer } = this.#options
    const transaction = this.#transaction
    if (transaction !== null && !buffer.undo(buffer.completed)) throw unfinished(transaction)
    this.#transaction = null
  }

  /** `at` is where the first row's event begins; rows are counted up from there. */
  rows(event: BinlogEvent, at: RowPlace): void {
    const layout = this.#options.maps.layoutOf(event)
    const transaction = this.#transaction
    if (transaction !== null) this.#recognise(transaction, event)
    if (layout === null || transaction?.isKnown || transaction?.isOurs) return
    if (layout === undefined || transaction === null) throw outOfOrder()
    if (transaction.gtid === null) throw withoutGtid(layout.table)
    const { op, type, body } = readRowsEvent(event, layout)
    const inside = this.#options.progress.insideOf(transaction.gtid)
    const { file } = this.#options.place
    const { serverId } = event
    const gtid = transaction.gtid.text
    const shared = {
      shape: layout.shape,
      changedAtMs: transaction.committedMs ?? event.timeMs,
      origin: this.#options.origin,
      run: null,
    }
    const { offset } = at
    let next = at.row
    const tell = (change: RowChange) => {
      const row = next++
      transaction.count({ offset, row })
      if (inside !== null && isBehind(inside, transaction)) return
      this.#keep(transaction, { ...shared, ...change, whereabouts: { gtid, file, offset, row, serverId } })
    }
    decodeRows(layout, { body, type }, ({ leftKey, ...change }) => {
      if (leftKey === null) return tell({ op, ...change })
      // Whoever follows by key would keep the row under its old one for ever.
      tell({ ...change, op: 'delete', keyImage: leftKey, afterImage: null, fault: null })
      tell({ ...change, op: 'insert', beforeImage: null })
    })
  }

  /** The sink never writes by XA: whoever begins such a transaction with its table is somebody else. */
  #recognise(transaction: Transaction, event: BinlogEvent): void {
    transaction.isOurs ??= transaction.held === null ? this.#options.maps.isMarker(event) : false
  }

  #keep(transaction: Transaction, row: HeldRow): void {
    if (transaction.held === null) this.#push(row)
    else transaction.held.push(row)
  }

  #push(row: HeldRow): void {
    const { progress, buffer } = this.#options
    buffer.push(new ChangeEvent({ ...row, position: rowPosition(progress.epoch, row.whereabouts) }))
  }

  query(event: BinlogEvent, offset: number): void {
    const transaction = this.#transaction
    if (transaction === null) return
    const text = readStatementText(event)
    if (text === null) transaction.isOpen = true
    else this.#statement(transaction, { ...text, event, offset })
  }

  #statement(transaction: Transaction, said: Said): void {
    const statement = readStatement(said.sql)
    switch (statement.does) {
      case 'begin':
        transaction.isOpen = true
        break
      case 'commit':
        transaction.isOpen = false
        break
      case 'rollback':
        this.#rollback(transaction)
        break
      case 'savepoint':
        this.#savepoint(transaction, statement.name)
        break
      case 'rollback-to':
        this.#rollbackTo(transaction, statement.name)
        break
      case 'xa-start':
        transaction.isOpen = true
        transaction.held ??= []
        break
      case 'xa-commit':
        this.#decided(transaction, statement.xid, said)
        break
      case 'xa-rollback':
        this.#xa.decide(statement.xid)
        this.#options.progress.decide(statement.xid)
        break
      case 'change':
        this.#refuseText(said)
        break
      case 'other':
        this.#noteReplaced(transaction, said)
    }
    if (!transaction.isOpen) this.#end(said.event)
  }

  #noteReplaced({ isKnown, committedMs }: Transaction, { sql, database, event, offset }: Said): void {
    if (isKnown) return
    const { buffer, maps, progress, place } = this.#options
    const position = rowPosition(progress.epoch, { file: place.file, offset, row: 0 })
    const replaced = replacedTables(sql).flatMap(({ how, ...named }) =>
      maps.followed(named, database).map((table) => ({ table, how })),
    )
    for (const [table, ways] of Map.groupBy(replaced, (one) => one.table)) {
      const how = [...new Set(ways.map((one) => one.how))].join(' and ')
      const reason = `${table} ${how}; the binary log does not say which rows that concerns`
      buffer.pushGap({ table, position, atMs: committedMs ?? event.timeMs, reason })
    }
  }

  #refuseText(said: Said): void {
    if (!this.#options.maps.mayTouch(said.sql, said.database)) return
    throw unreadable(
      'A change was logged as a statement instead of rows.',
      'Run SET GLOBAL binlog_format = ROW and restart the sessions that write',
    )
  }

  #savepoint(transaction: Transaction, name: string): void {
    const { rows, lastRow, held } = transaction
    const { pushed } = this.#options.buffer
    transaction.savepoints.set(name, { rows, lastRow, pushed, held: held?.length ?? 0 })
  }

  /** The server writes this only where a table without transactions had a part; its rows are transactions of their own. */
  #rollbackTo(transaction: Transaction, name: string): void {
    const savepoint = transaction.savepoints.get(name)
    if (savepoint === undefined || !this.#options.buffer.undo(savepoint.pushed)) throw undone(transaction)
    transaction.held?.splice(savepoint.held)
    transaction.rows = savepoint.rows
    transaction.lastRow = savepoint.lastRow
  }

  #rollback(transaction: Transaction): void {
    const { buffer } = this.#options
    if (!buffer.undo(buffer.completed)) throw undone(transaction)
    transaction.isOpen = false
  }

  commit(event: BinlogEvent): void {
    if (this.#transaction !== null) this.#end(event)
  }

  /** The rows of an XA transaction are complete; whether they ever count is said later, unless it commits at once. */
  prepare(event: BinlogEvent): void {
    const transaction = this.#transaction
    if (transaction === null) return
    const { isOnePhase, xid } = readXaPrepare(event)
    const rows = transaction.held ?? []
    if (isOnePhase) for (const row of rows) this.#push(row)
    if (isOnePhase || rows.length === 0 || transaction.gtid === null) {
      this.#end(event)
      return
    }
    this.#xa.prepare(xid, rows)
    this.#options.progress.prepare(xid, transaction.gtid)
    this.#transaction = null
  }

  #decided(transaction: Transaction, xid: string, said: Said): void {
    const { gtid, committedMs } = transaction
    const { event, offset } = said
    const { file } = this.#options.place
    const changedAtMs = committedMs ?? event.timeMs
    let row = 0
    for (const held of this.#xa.decide(xid)) {
      const whereabouts = { gtid: gtid?.text ?? null, file, offset, row: row++, serverId: event.serverId }
      this.#push({ ...held, changedAtMs, whereabouts })
    }
    this.#options.progress.decide(xid)
  }

  /** Part of the transaction has been taken from the buffer. */
  cut(): void {
    const { gtid, rows, lastRow } = this.#transaction ?? {}
    if (!gtid || !lastRow || !rows) return
    this.#options.progress.cut({ gtid: gtid.text, skip: rows, ...lastRow })
  }

  #end(event: BinlogEvent): void {
    const { progress, buffer } = this.#options
    const transaction = this.#transaction
    // Of MariaDB the newest alone is kept: an older one that is sent again would take its place.
    if (!transaction?.isKnown) progress.add(transaction?.gtid ?? null)
    this.committedMs = transaction?.committedMs ?? event.timeMs
    this.#transaction = null
    buffer.complete()
  }
}

/** Was its last row handed out before? On the same server its place tells, on another one how many there were. */
function isBehind(inside: RowPlace & { readonly skip: number }, { rows, lastRow }: Transaction): boolean {
  if (inside.offset < 0) return rows <= inside.skip
  if (lastRow === null) return false
  return lastRow.offset < inside.offset || (lastRow.offset === inside.offset && lastRow.row <= inside.row)
}

function outOfOrder(): MillraceError {
  return unreadable('Rows came without their transaction or the map of their table.', 'Run FLUSH BINARY LOGS')
}

function unfinished(transaction: Transaction): MillraceError {
  return unreadable(`${transaction.name} has no end in the binary log.`, 'Run FLUSH BINARY LOGS')
}

function undone(transaction: Transaction): MillraceError {
  return unreadable(
    `${transaction.name} took back rows that had been captured.`,
    'Keep one storage engine per transaction',
  )
}

function withoutGtid(table: string): MillraceError {
  return new MillraceError('MYSQL_UNFIT', `A change of ${table} has no GTID.`, {
    hint: 'Set gtid_mode to ON step by step (OFF_PERMISSIVE, ON_PERMISSIVE, ON); `millrace doctor` prints the statements.',
  })
}
