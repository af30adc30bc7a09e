// Who did what to imports, in a table of MySQL. Whoever has something to tell makes the table if it is not there: that the
// tables were taken back is told too.

import type { AuditEntry } from '../../../core/audit-entry.ts'
import type { AuditTrail } from '../../audit-trail.ts'
import { textLiteral } from '../literal.ts'
import { momentText } from '../moment-text.ts'
import type { Session } from '../session.ts'
import { Transactions } from '../transactions.ts'
import { troubleOf } from '../trouble.ts'
import { AUDIT_TABLE, CREATE_AUDIT } from './audit-table.ts'

export function openMysqlAudit(url: string): AuditTrail {
  return new MysqlAudit(url)
}

class MysqlAudit implements AuditTrail {
  readonly #transactions: Transactions

  constructor(url: string) {
    this.#transactions = new Transactions(url)
  }

  write({ id, who, what, run, atMs, details }: AuditEntry): Promise<void> {
    const values = [
      ...[id, who, what].map(textLiteral),
      ...[
        run === null ? 'NULL' : textLiteral(run),
        textLiteral(momentText(atMs)),
        textLiteral(JSON.stringify(details)),
      ],
    ]
    return this.#use(async (session) => {
      await session.write(
        `INSERT INTO ${AUDIT_TABLE} (id, who, action, sync_run_id, happened_at, details) VALUES (${values})
          ON DUPLICATE KEY UPDATE id = VALUES(id)`,
      )
    })
  }

  list(limit: number): Promise<readonly AuditEntry[]> {
    return this.#use(async (session) => {
      const rows = await session.rows(
        `SELECT id, who, action, sync_run_id, CAST(happened_at AS CHAR), details FROM ${AUDIT_TABLE}
          ORDER BY happened_at DESC, number DESC LIMIT ${limit}`,
      )
      return rows.map((row): AuditEntry => {
        const [id = '', who = '', what = '', run, at, details] = row.map((value) => value?.toString() ?? null)
        return {
          ...{ id: id ?? '', who: who ?? '', what: what ?? '', run: run ?? null },
          atMs: Date.parse(`${at?.replace(' ', 'T')}Z`),
          details: JSON.parse(details ?? '{}') as AuditEntry['details'],
        }
      })
    })
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }

  #use<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#transactions.ask(new AbortController().signal, async (session) => {
      try {
        return await work(session)
      } catch (error) {
        if (troubleOf(error) !== 'missing') throw error
        await session.write(CREATE_AUDIT)
        return await work(session)
      }
    })
  }
}
