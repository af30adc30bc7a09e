// Resolves when statements of others wait for a lock in this database: with who waits.

import type { FreshDatabase } from './fresh-database.ts'
import { until } from './until.ts'

export interface Waiter {
  readonly connection: number
  readonly transaction: string
}

export function lockWait(database: FreshDatabase, count = 1): Promise<Waiter> {
  return until(
    async () => {
      const [row, ...more] = await database.query(
        `SELECT trx_mysql_thread_id AS connection, trx_id AS transaction FROM information_schema.INNODB_TRX t
          JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
          WHERE t.trx_state = 'LOCK WAIT' AND p.DB = DATABASE()`,
      )
      if (row === undefined || more.length + 1 < count) return null
      return { connection: Number(row.connection), transaction: String(row.transaction) }
    },
    // The server shows the same to whoever asks again within a tenth of a second.
    { what: 'a statement that waits', everyMs: 150 },
  )
}
