// Statements that change rows without a row event: each is told as a gap of the table it concerns, and reading goes on.

import { describe, expect, test } from 'vitest'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { sharedMariadb, sharedMysql } from '../../support/shared-server.ts'
import { Captured, told } from './captured.ts'

const SHAPE = '(id INT PRIMARY KEY, v VARCHAR(20))'

describe.each([
  ['mysql', sharedMysql],
  ['mariadb', sharedMariadb],
])('gaps of %s', (flavour, shared) => {
  test('whatever takes rows away or brings others in is told, with the table it concerns', async () => {
    await using database = await freshDatabase(await shared())
    for (const table of ['t', 'u', 'other']) await database.query(`CREATE TABLE ${table} ${SHAPE}`)
    await database.query(
      `CREATE TABLE parts ${SHAPE} PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))`,
    )
    await using source = openMysqlSource({ url: database.url, tables: ['t', 'u', 'parts'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    await database.query("INSERT INTO t VALUES (1, 'a')")
    await database.query('TRUNCATE TABLE t')
    await database.query("INSERT INTO t VALUES (2, 'b')")
    await database.query(`CREATE TABLE t_new ${SHAPE}`)
    await database.query('ALTER TABLE t_new ADD w INT DEFAULT 7')
    await database.query('RENAME TABLE t TO t_old, t_new TO t')
    await database.query("INSERT INTO t (id, v) VALUES (3, 'c')")
    await database.query('ALTER TABLE parts TRUNCATE PARTITION p0')
    await database.query('DROP TABLE other, t_old')
    await database.query('TRUNCATE other_than_ours').catch(() => {})
    await database.query('CREATE TEMPORARY TABLE u_temporary (id INT)')
    await database.query('DROP TEMPORARY TABLE u_temporary')
    await database.query('DROP TABLE u')
    await database.query(`CREATE TABLE u ${SHAPE}`)
    await database.query("INSERT INTO u VALUES (4, 'd')")
    if (flavour === 'mariadb') await database.query(`CREATE OR REPLACE TABLE u ${SHAPE}`)
    await database.query("INSERT INTO u VALUES (5, 'e')")
    await captured.count(5)
    const gaps = captured.batches.flatMap((batch) => batch.gaps ?? [])
    expect(gaps.map(({ reason }) => reason.replace(/;.*/u, ''))).toEqual([
      't was emptied at once',
      't was renamed away and is now another table, renamed to its name',
      'parts lost or exchanged partitions at once',
      'u was dropped',
      ...(flavour === 'mariadb' ? ['u was replaced by a new table'] : []),
    ])
    expect(told(captured.events)).toEqual([
      'insert t null -> {"id":1,"v":"a"}',
      'insert t null -> {"id":2,"v":"b"}',
      'insert t null -> {"id":3,"v":"c","w":7}',
      'insert u null -> {"id":4,"v":"d"}',
      'insert u null -> {"id":5,"v":"e"}',
    ])
    const [first, second] = captured.events
    expect(gaps[0]!.position > first!.position && gaps[0]!.position < second!.position).toBe(true)
  })

  test('a gap is told by the batch whose bookmark passes it, and not again from there', async () => {
    await using database = await freshDatabase(await shared())
    await database.query(`CREATE TABLE t ${SHAPE}`)
    await using source = openMysqlSource({ url: database.url, tables: ['t'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    const { bookmark: before } = captured
    await database.query('TRUNCATE TABLE t')
    const has = (of: Captured) => of.batches.some(({ gaps = [] }) => gaps.length > 0)
    await captured.until(has, 'the gap')
    const told = captured.batches.find(({ gaps = [] }) => gaps.length > 0)!
    await using again = new Captured(source, before)
    await again.until(has, 'the gap again')
    expect(again.batches.flatMap(({ gaps = [] }) => gaps)).toEqual(told.gaps)
    await using behind = await new Captured(source, told.bookmark).begun()
    await database.query("INSERT INTO t VALUES (1, 'a')")
    await behind.count(1)
    expect(has(behind)).toBe(false)
  })

  test('the whole database dropped is a gap of each of its tables', async () => {
    const server = await shared()
    const database = await freshDatabase(server)
    for (const table of ['t', 'u']) await database.query(`CREATE TABLE ${table} ${SHAPE}`)
    await using source = openMysqlSource({ url: database.url, tables: ['t', 'u'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    await database[Symbol.asyncDispose]()
    await captured.until(({ batches }) => batches.flatMap(({ gaps = [] }) => gaps).length >= 2, 'the gaps')
    expect(captured.batches.flatMap(({ gaps = [] }) => gaps.map(({ table }) => table))).toEqual(['t', 'u'])
  })
})
