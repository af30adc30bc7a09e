// Resolves when statements of others wait for a lock in this database: with who waits.

import type { FreshDatabase } from './fresh-database.ts'
import { until } from './until.ts'

export interface Waiter {
  readonly connection: number
  readonly transaction: string
}

const TRANSACTION = '---TRANSACTION '

/**
 * Not from information_schema.INNODB_TRX: while somebody asks for that more often than ten times a second, as several tests
 * may, the server shows all of them the same.
 */
export function lockWait(database: FreshDatabase, count = 1): Promise<Waiter> {
  return until(
    async () => {
      const [status] = await database.query('SHOW ENGINE INNODB STATUS')
      const waiting = String(status?.Status).split(TRANSACTION).slice(1).flatMap(waiterIn)
      const here = await database.query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE()')
      const own = waiting.filter(({ connection }) => here.some(({ id }) => Number(id) === connection))
      return own.length < count ? null : (own[0] ?? null)
    },
    { what: 'a statement that waits', everyMs: 50 },
  )
}

function waiterIn(text: string): readonly Waiter[] {
  const connection = /^(?:MySQL|MariaDB) thread id (\d+)/mu.exec(text)?.[1]
  const transaction = /^\d+/u.exec(text)?.[0]
  if (connection === undefined || transaction === undefined || !/^LOCK WAIT /mu.test(text)) return []
  return [{ connection: Number(connection), transaction }]
}
