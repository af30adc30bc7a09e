// The canary's row in MySQL: one row, changed in a transaction of its own like anybody's.

import { CANARY } from '../../core/canary.ts'
import { MillraceError } from '../../core/errors.ts'
import type { Finding } from '../../core/finding.ts'
import { quotedName } from '../../mysql/sql-name.ts'
import type { Canary } from '../canary.ts'
import type { Session } from './session.ts'
import { Transactions } from './transactions.ts'
import { troubleOf } from './trouble.ts'

const CREATE = `CREATE TABLE IF NOT EXISTS ${CANARY} (id VARCHAR(190) NOT NULL PRIMARY KEY, sung_at BIGINT NOT NULL)`
// By MySQL's clock in milliseconds; it changes with each call, for a row that does not is not in the binary log.
const SING = `INSERT INTO ${CANARY} (id, sung_at) VALUES ('mysql', CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED))
  ON DUPLICATE KEY UPDATE sung_at = GREATEST(sung_at + 1, VALUES(sung_at))`

/** For sinks it passes when the server is the first again; a canary is not waited for. */
const READ_ONLY: readonly number[] = [1290, 1836]

export function openMysqlCanary(url: string): MysqlCanary {
  return new MysqlCanary(url)
}

class MysqlCanary implements Canary {
  readonly #transactions: Transactions
  #isThere = false

  constructor(url: string) {
    this.#transactions = new Transactions(url)
  }

  async check(): Promise<Finding> {
    const { database, user } = this.#transactions
    const grants = `GRANT SELECT, INSERT, UPDATE ON ${quotedName(database)}.${CANARY} TO '${user}'@'%';`
    const trouble = await this.#transactions.ask(new AbortController().signal, async (session) =>
      session.rows(`EXPLAIN ${SING}`).then(() => null, troubleOf),
    )
    const may = { check: 'canary', isOk: true }
    if (trouble === null) return { ...may, detail: `${CANARY} may be written: lag is measured also when nothing moves` }
    if (trouble === 'missing') return { ...may, detail: `${CANARY} is made at the first start, if this user may` }
    return {
      ...may,
      detail: `${CANARY} may not be written, so nothing goes the whole way while nothing else moves; ${CREATE}; ${grants} allows it`,
    }
  }

  /** Makes the table, where it is not there, for rows that others write into it. */
  async make(signal: AbortSignal): Promise<void> {
    if (this.#isThere) return
    await this.#transactions.ask(signal, async (session) => {
      try {
        await session.rows(`SELECT id FROM ${CANARY} LIMIT 0`)
      } catch (error) {
        if (troubleOf(error) !== 'missing') throw error
        await session.write(CREATE)
      }
    })
    this.#isThere = true
  }

  sing(signal: AbortSignal): Promise<void> {
    return this.#transactions.ask(signal, sing)
  }

  close(): Promise<void> {
    return this.#transactions.close()
  }
}

async function sing(session: Session): Promise<void> {
  try {
    await session.write(SING)
  } catch (error) {
    if (READ_ONLY.includes((error as { errno?: number }).errno ?? 0)) {
      throw new MillraceError('MYSQL_DENIED', 'the server is read only', { cause: error })
    }
    if (troubleOf(error) !== 'missing') throw error
    await session.write(CREATE)
    await session.write(SING)
  }
}
