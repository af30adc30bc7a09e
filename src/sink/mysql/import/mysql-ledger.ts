// What imports leave behind, in tables of MySQL.

import type { ImportEntry, ImportLedger, SetAside, TableReached } from '../../import-ledger.ts'
import { textLiteral } from '../literal.ts'
import type { Session } from '../session.ts'
import { Transactions } from '../transactions.ts'
import { named } from '../trouble.ts'

const ROWS_MAX = 500

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
    return this.#put('sync_runs', 'id', [
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
        updated_at: time(Date.now()),
      },
    ])
  }

  setAside(rows: readonly SetAside[]): Promise<void> {
    return this.#put(
      'sync_errors',
      'id',
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
    const rows = tables.map(({ table, run, atMs, version, records, tookMs }) => ({
      table_name: table,
      sync_run_id: run,
      last_sync_version: version,
      records_synced: records,
      sync_duration_ms: tookMs,
      updated_at: now,
      created_at: now,
      // Last, for the others are compared with what it was.
      last_sync_timestamp: time(atMs),
    }))
    return this.#put('sync_state', 'table_name', rows, (name) =>
      name === 'created_at' ? name : `IF(VALUES(last_sync_timestamp) >= last_sync_timestamp, VALUES(${name}), ${name})`,
    )
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  /** Rows that are there take the new values. */
  async #put(
    table: string,
    key: string,
    rows: readonly Readonly<Record<string, string | number | null>>[],
    merged = (name: string): string => `VALUES(${name})`,
  ): Promise<void> {
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

  async #use(work: (session: Session) => Promise<void>): Promise<void> {
    try {
      await this.#transactions.use(new AbortController().signal, work)
    } catch (error) {
      throw named(error, this.#transactions.user)
    }
  }
}

function sql(value: string | number | null): string {
  if (value === null) return 'NULL'
  return typeof value === 'number' ? String(value) : textLiteral(value)
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
}
