// Each statement that changes rows of a followed table without logging them is one gap of it, and others are none, as the
// servers log them.

import { describe, expect, test } from 'vitest'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { openMariadb } from '../../../src/stack/mariadb.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { freshName } from '../../support/fresh-name.ts'
import { Captured } from './captured.ts'

const TABLE = '(id int PRIMARY KEY, v varchar(20))'
const PARTITIONED = `${TABLE} PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (99))`
const ON_ROWS = '; the binary log does not say which rows that concerns'

interface Said {
  readonly of: string
  readonly statements: readonly string[]
  /** Without what every reason ends with. */
  readonly reasons: readonly string[]
}

const BOTH: readonly Said[] = [
  { of: 'an executed comment', statements: ['/*!40000 TRUNCATE TABLE t */'], reasons: ['t was emptied at once'] },
  {
    of: 'DROP TABLE of many',
    statements: ['DROP TABLE IF EXISTS other, u, missing, t'],
    reasons: ['u was dropped', 't was dropped'],
  },
  { of: 'RENAME away', statements: ['RENAME TABLE t TO old'], reasons: ['t was renamed away'] },
  {
    of: 'a cut-over',
    statements: ['CREATE TABLE new LIKE t', 'RENAME TABLE t TO old, new TO t', 'DROP TABLE old'],
    reasons: ['t was renamed away and is now another table, renamed to its name'],
  },
  {
    of: 'ALTER TABLE ... RENAME, there and back',
    statements: ['ALTER TABLE t ADD COLUMN a int, RENAME TO old', 'ALTER TABLE old RENAME t'],
    reasons: ['t was renamed away', 't is now another table, renamed to its name'],
  },
  {
    of: 'partitions, by either table',
    statements: [
      `CREATE TABLE parts ${PARTITIONED}`,
      'ALTER TABLE parts EXCHANGE PARTITION b WITH TABLE t',
      'ALTER TABLE parts DROP PARTITION b',
    ],
    reasons: ['t lost or exchanged partitions at once'],
  },
  {
    of: 'DISCARD TABLESPACE',
    statements: ['ALTER TABLE t DISCARD TABLESPACE'],
    reasons: ['t lost or exchanged its tablespace'],
  },
  { of: 'ANSI quotes', statements: ["SET sql_mode = 'ANSI_QUOTES'", 'DROP TABLE "t"'], reasons: ['t was dropped'] },
  {
    of: 'tables that nobody follows',
    statements: [
      'TRUNCATE other',
      'RENAME TABLE other TO other_old',
      'ALTER TABLE other_old RENAME other',
      'DROP TABLE other',
    ],
    reasons: [],
  },
  {
    of: 'what changes no rows of a table',
    statements: [
      'ALTER TABLE t ADD COLUMN a int, RENAME COLUMN v TO w, ADD INDEX i (a)',
      'ALTER TABLE t RENAME INDEX i TO j',
    ],
    reasons: [],
  },
  {
    of: 'temporary tables by the name of a followed one',
    statements: [
      `CREATE TEMPORARY TABLE t ${TABLE}`,
      'TRUNCATE t',
      'ALTER TABLE t ADD COLUMN a int',
      'DROP TEMPORARY TABLE t',
      `CREATE TEMPORARY TABLE t ${TABLE}`,
      'DROP TABLE t',
    ],
    reasons: [],
  },
  {
    of: 'names in the character set of a client',
    statements: [`CREATE TABLE größe ${TABLE}`, 'SET NAMES latin1', 'DROP TABLE größe', 'SET NAMES utf8mb4'],
    reasons: [
      't may be concerned by a statement whose names cannot be read',
      'u may be concerned by a statement whose names cannot be read',
    ],
  },
]
const MARIADB: readonly Said[] = [
  {
    of: 'SET STATEMENT',
    statements: ['SET STATEMENT max_statement_time = 10 FOR TRUNCATE TABLE t'],
    reasons: ['t was emptied at once'],
  },
  {
    of: 'CREATE OR REPLACE TABLE with rows',
    statements: [`CREATE OR REPLACE TABLE t ${TABLE} SELECT 1 AS id, 'x' AS v`],
    reasons: ['t was replaced by a new table'],
  },
  {
    of: 'CONVERT TABLE',
    statements: [
      `CREATE TABLE parts ${PARTITIONED}`,
      'ALTER TABLE parts CONVERT TABLE t TO PARTITION c VALUES LESS THAN (200)',
    ],
    reasons: ['t lost or exchanged partitions at once'],
  },
  {
    of: 'ALTER IGNORE',
    statements: ['ALTER IGNORE TABLE t ADD UNIQUE (v)'],
    reasons: ['t may have lost rows that were the same to a new key'],
  },
]

describe.each(FLAVOURS)('on %s', (flavour, shared) => {
  async function said(captured: Captured, at: FreshDatabase): Promise<readonly string[]> {
    const mark = freshName('mark')
    await at.query(`CREATE TABLE IF NOT EXISTS u ${TABLE}`)
    await at.query(`REPLACE INTO u VALUES (1000, '${mark}')`)
    await captured.until(({ events }) => events.some(({ after }) => after?.v === mark), 'the row behind them')
    const gaps = captured.batches.flatMap((batch) => batch.gaps ?? [])
    return gaps.map(({ reason }) => reason.replace(ON_ROWS, ''))
  }

  async function place(): Promise<FreshDatabase> {
    const at = await freshDatabase(await shared())
    for (const table of ['t', 'u', 'other']) await at.query(`CREATE TABLE ${table} ${TABLE}`)
    return at
  }

  test.each(flavour === 'mariadb' ? [...BOTH, ...MARIADB] : BOTH)('$of', async ({ statements, reasons }) => {
    await using at = await place()
    await using source = openMysqlSource({ url: at.url, tables: ['t', 'u'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    for (const statement of statements) await at.query(statement)
    expect(await said(captured, at)).toEqual(reasons)
  })

  test('a statement that names the database from another one counts, and that of another database does not', async () => {
    await using at = await place()
    await using away = await freshDatabase(await shared())
    await using source = openMysqlSource({ url: at.url, tables: ['t', 'u'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    await away.query(`CREATE TABLE t ${TABLE}`)
    await away.query('TRUNCATE t')
    await away.query(`TRUNCATE ${at.name}.t`)
    await away.query(`RENAME TABLE ${at.name}.u TO u`)
    await away.query('DROP TABLE t, u')
    expect(await said(captured, at)).toEqual(['t was emptied at once', 'u was renamed away'])
  })

  test('tables are captured on when their database has been dropped and made again', async () => {
    await using at = await place()
    await using source = openMysqlSource({ url: at.url, tables: ['t', 'u'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    await at.query(`DROP DATABASE ${at.name}`)
    await at.query(`CREATE DATABASE ${at.name}`)
    await at.query(`USE ${at.name}`)
    expect(await said(captured, at)).toEqual(['t was dropped', 'u was dropped'])
  })

  test('a gap is told at once, not with the next sign of life', async () => {
    await using at = await place()
    await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 60_000 })
    await using captured = await new Captured(source, null).begun()
    await at.query('TRUNCATE t')
    await captured.until(({ batches }) => batches.some(({ gaps = [] }) => gaps.length > 0), 'the gap')
  })
})

test('names are compared without case where the server does so', async () => {
  await using server = await openMariadb({ settings: { 'lower-case-table-names': '1' } })
  await using at = await freshDatabase(server)
  await at.query(`CREATE TABLE T ${TABLE}`)
  await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
  await using captured = await new Captured(source, null).begun()
  await at.query('TRUNCATE TABLE T')
  await at.query('ALTER TABLE `T` RENAME TO Old')
  const gaps = () => captured.batches.flatMap((batch) => batch.gaps ?? [])
  await captured.until(() => gaps().length === 2, 'both gaps')
  expect(gaps().map(({ table }) => table)).toEqual(['t', 't'])
})
