// Tables that connectors bring along: made where they are missing, each migration once, and taken back in the other order.
// A lock of the server keeps two processes from doing it at once.

import type { Migration } from '../../core/connector.ts'
import { MillraceError } from '../../core/errors.ts'
import { textLiteral } from './literal.ts'
import type { Session } from './session.ts'
import { Transactions } from './transactions.ts'
import { said } from './trouble.ts'

export interface MigrateOptions {
  readonly url: string
  readonly migrations: readonly Migration[]
  readonly direction: 'up' | 'down'
}

const TABLE = 'millrace_migrations'
const MADE = `CREATE TABLE IF NOT EXISTS ${TABLE} (
  name VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  made_at DATETIME NOT NULL
) ENGINE = InnoDB`
const LOCK_SECONDS = 60

/** The names of those that were carried out now. */
export async function migrate({ url, migrations, direction }: MigrateOptions): Promise<readonly string[]> {
  const transactions = new Transactions(url)
  try {
    return await transactions.ask(new AbortController().signal, (session) => {
      return locked(session, () => carryOut(session, { migrations, direction }))
    })
  } finally {
    await transactions.close()
  }
}

async function locked<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  const [[got] = []] = await session.rows(`SELECT GET_LOCK(CONCAT(DATABASE(), ' ${TABLE}'), ${LOCK_SECONDS})`)
  if (String(got) !== '1') throw new MillraceError('MYSQL_BUSY', 'another process has been making tables for a minute')
  try {
    return await work()
  } finally {
    await session.rows(`SELECT RELEASE_LOCK(CONCAT(DATABASE(), ' ${TABLE}'))`)
  }
}

async function carryOut(
  session: Session,
  { migrations, direction }: Pick<MigrateOptions, 'migrations' | 'direction'>,
): Promise<readonly string[]> {
  await session.write(MADE)
  const known = new Set((await session.rows(`SELECT name FROM ${TABLE}`)).map(([name]) => String(name)))
  const isUp = direction === 'up'
  const due = (isUp ? migrations : migrations.toReversed()).filter(({ name }) => known.has(name) !== isUp)
  for (const migration of due) {
    for (const statement of migration[direction]) await carried(session, migration.name, statement)
    const name = textLiteral(migration.name)
    await session.write(
      isUp
        ? `INSERT INTO ${TABLE} (name, made_at) VALUES (${name}, UTC_TIMESTAMP())`
        : `DELETE FROM ${TABLE} WHERE name = ${name}`,
    )
  }
  return due.map(({ name }) => name)
}

/** A server makes a table at once and for good, so a migration that broke off is carried out again from its beginning. */
async function carried(session: Session, name: string, statement: string): Promise<void> {
  try {
    await session.write(statement)
  } catch (error) {
    if (session.isBroken) throw error
    throw new MillraceError('MIGRATION_FAILED', `${name}: ${said(error)}`, { cause: error })
  }
}
