// What imports leave behind, in tables of MySQL.

import type { ImportEntry, ImportLedger, RolledBack, SetAside, TableReached } from '../../import-ledger.ts'
import { textLiteral } from '../literal.ts'
import { momentText } from '../moment-text.ts'
import type { Session } from '../session.ts'
import { Transactions } from '../transactions.ts'

const ROWS_MAX = 500

type Entry = Readonly<Record<string, string | number | null>>

interface Into {
  readonly table: string
  readonly key: string
  /** What a column of a row that is there becomes; the new value when left out. */
  readonly merged?: (name: string) => string
}

export function openMysqlLedger(url: string): ImportLedger {
  return new MysqlLedger(url)
}

class MysqlLedger implements ImportLedger {
  readonly #transactions: Transactions

  constructor(url: string) {
    this.#transactions = new Transactions(url)
  }

  write(entry: ImportEntry): Promise<void> {
    const { counts, fault } = entry
    return this.#put({ table: 'sync_runs', key: 'id' }, [
      {
        id: entry.id,
        connector: entry.connector,
        source_type: entry.sourceType,
        source_identifier: entry.source,
        target_tables: entry.tables.join(','),
        status: entry.state,
        triggered_by: entry.by,
        ordered_at: time(entry.orderedAtMs),
        started_at: time(entry.startedAtMs),
        completed_at: time(entry.endedAtMs),
        items_read: entry.rows,
        items_inserted: counts.inserted,
        items_updated: counts.updated,
        items_unchanged: counts.unchanged,
        items_deleted: counts.deleted,
        items_stale: counts.stale,
        items_failed: counts.rejected,
        error_code: fault?.code ?? null,
        error_message: fault?.message ?? null,
        integrity: entry.integrity === null ? null : JSON.stringify(entry.integrity),
        updated_at: time(Date.now()),
      },
    ])
  }

  setAside(rows: readonly SetAside[]): Promise<void> {
    return this.#put(
      { table: 'sync_errors', key: 'id' },
      rows.map((row) => ({
        id: row.id,
        sync_run_id: row.run,
        table_name: row.table,
        source_row: row.place,
        category: row.category,
        is_retryable: row.isRetryable ? 1 : 0,
        reason: row.reason,
        row_text: row.said,
        created_at: time(row.diedAtMs),
      })),
    )
  }

  reached(tables: readonly TableReached[]): Promise<void> {
    const now = time(Date.now())
    const rows = tables.map(({ connector, table, run, atMs, version, records, tookMs }) => ({
      table_name: table,
      connector,
      sync_run_id: run,
      last_sync_version: version,
      records_synced: records,
      sync_duration_ms: tookMs,
      updated_at: now,
      created_at: now,
      // Last, for the others are compared with what it was.
      last_sync_timestamp: time(atMs),
    }))
    return this.#put({ table: 'sync_state', key: 'table_name', merged: unlessOlder }, rows)
  }

  rolledBack({ run, by, who, why, atMs }: RolledBack): Promise<void> {
    const id = textLiteral(run)
    return this.#use(async (session) => {
      await session.write(
        `UPDATE sync_runs SET rolled_back_run = ${textLiteral(by)}, rolled_back_by = ${textLiteral(who)},
          rolled_back_at = ${sql(time(atMs))}, rollback_reason = ${textLiteral(why)} WHERE id = ${id}`,
      )
      const earlier = `SELECT r.id, r.ordered_at, r.items_read, TIMESTAMPDIFF(MICROSECOND, r.started_at, r.completed_at) DIV 1000 AS took
        FROM sync_runs r JOIN sync_runs gone ON gone.id = ${id}
        WHERE r.connector = gone.connector AND r.target_tables = gone.target_tables AND r.status = 'done' AND r.rolled_back_run IS NULL AND r.ordered_at < gone.ordered_at
        ORDER BY r.ordered_at DESC LIMIT 1`
      await session.write(
        `UPDATE sync_state s JOIN (${earlier}) e SET s.sync_run_id = e.id, s.last_sync_timestamp = e.ordered_at,
          s.records_synced = e.items_read, s.sync_duration_ms = e.took, s.updated_at = UTC_TIMESTAMP(3) WHERE s.sync_run_id = ${id}`,
      )
      await session.write(`DELETE FROM sync_state WHERE sync_run_id = ${id}`)
    })
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  async #put({ table, key, merged = taken }: Into, rows: readonly Entry[]): Promise<void> {
    const [first] = rows
    if (first === undefined) return
    const names = Object.keys(first)
    const set = names.filter((name) => name !== key).map((name) => `${name} = ${merged(name)}`)
    await this.#use(async (session) => {
      for (let at = 0; at < rows.length; at += ROWS_MAX) {
        const lines = rows.slice(at, at + ROWS_MAX).map((row) => `(${names.map((name) => sql(row[name] ?? null))})`)
        await session.write(`INSERT INTO ${table} (${names}) VALUES ${lines} ON DUPLICATE KEY UPDATE ${set}`)
      }
    })
  }

  #use(work: (session: Session) => Promise<void>): Promise<void> {
    return this.#transactions.ask(new AbortController().signal, work)
  }
}

function taken(name: string): string {
  return `VALUES(${name})`
}

function unlessOlder(name: string): string {
  if (name === 'created_at') return name
  return `IF(VALUES(last_sync_timestamp) >= last_sync_timestamp, VALUES(${name}), ${name})`
}

function sql(value: string | number | null): string {
  if (value === null) return 'NULL'
  return typeof value === 'number' ? String(value) : textLiteral(value)
}

function time(ms: number | null): string | null {
  return ms === null ? null : momentText(ms)
}
