// What the MySQL sink wrote must not come back as a change: its transactions begin with its table of cursors.

import { describe, expect, test } from 'vitest'
import { CURSORS_TABLE } from '../../../src/core/cursors-table.ts'
import { type MysqlSourceOptions, openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { Captured, told } from './captured.ts'

const MARK = `INSERT INTO ${CURSORS_TABLE} VALUES (1, 1) ON DUPLICATE KEY UPDATE calls = calls + 1`

describe.each(FLAVOURS)('transactions of the sink on %s', (_flavour, shared) => {
  async function database(): Promise<FreshDatabase> {
    const fresh = await freshDatabase(await shared())
    await fresh.query('CREATE TABLE t (id int PRIMARY KEY, v varchar(300))')
    await fresh.query(`CREATE TABLE ${CURSORS_TABLE} (id int PRIMARY KEY, calls int)`)
    return fresh
  }

  function source(at: FreshDatabase, options: Partial<MysqlSourceOptions> = {}) {
    return openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200, ...options })
  }

  async function transaction(at: FreshDatabase, ...statements: readonly string[]): Promise<void> {
    for (const statement of ['BEGIN', ...statements, 'COMMIT']) await at.query(statement)
  }

  test('what begins with the cursors is left out, whatever it did, and the bookmark moves past it', async () => {
    await using at = await database()
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await transaction(at, MARK, "INSERT INTO t VALUES (1, 'ours')")
    await transaction(at, MARK, "UPDATE t SET v = 'ours again'", 'DELETE FROM t')
    await at.query("INSERT INTO t VALUES (2, 'theirs')")
    await captured.count(1)
    expect(told(captured.events)).toEqual(['insert t null -> {"id":2,"v":"theirs"}'])
    await using again = await new Captured(mysql, captured.bookmark).begun()
    await transaction(at, MARK, "INSERT INTO t VALUES (3, 'ours')")
    await at.query("INSERT INTO t VALUES (4, 'last')")
    await again.count(1)
    expect(told(again.events)).toEqual(['insert t null -> {"id":4,"v":"last"}'])
  })

  test('what comes to the cursors only later is somebody else and stays, first rows of a table nobody follows too', async () => {
    await using at = await database()
    await at.query('CREATE TABLE other (id int PRIMARY KEY)')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await transaction(at, "INSERT INTO t VALUES (1, 'a')", MARK, "INSERT INTO t VALUES (2, 'b')")
    await transaction(at, 'INSERT INTO other VALUES (1)', MARK, "INSERT INTO t VALUES (3, 'c')")
    await captured.count(3)
    expect(captured.events.map(({ key }) => key.id)).toEqual([1, 2, 3])
  })

  test('a table by the same name in another database marks nothing', async () => {
    await using at = await database()
    await using elsewhere = await database()
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await transaction(at, MARK.replace('INTO ', `INTO ${elsewhere.name}.`), "INSERT INTO t VALUES (1, 'a')")
    await captured.count(1)
    expect(captured.events.map(({ key }) => key.id)).toEqual([1])
  })

  test('an XA transaction is nobody of ours, whatever it begins with', async () => {
    await using at = await database()
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    const xid = `'${at.name}'`
    for (const does of [`XA START ${xid}`, MARK, "INSERT INTO t VALUES (1, 'xa')", `XA END ${xid}`])
      await at.query(does)
    await at.query(`XA PREPARE ${xid}`)
    await at.query(`XA COMMIT ${xid}`)
    await captured.count(1)
    expect(captured.events.map(({ key }) => key.id)).toEqual([1])
  })

  test('one larger than the buffer is left out whole, and from no bookmark does part of it come', async () => {
    await using at = await database()
    await using mysql = source(at, { batchBytesMax: 20_000 })
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (0, 'before')")
    const rows = Array.from({ length: 400 }, (_, id) => `(${id + 1}, REPEAT('x', 200))`).join()
    await transaction(at, MARK, `INSERT INTO t VALUES ${rows}`, "UPDATE t SET v = 'y' WHERE id > 0")
    await at.query(`INSERT INTO t VALUES ${Array.from({ length: 400 }, (_, id) => `(${id + 1000}, REPEAT('z', 200))`)}`)
    await captured.count(401)
    const ids = captured.events.map(({ key }) => key.id)
    expect(ids).toEqual([0, ...Array.from({ length: 400 }, (_, id) => id + 1000)])
    let taken = 0
    for (const batch of captured.batches) {
      taken += batch.events.length
      await using again = await new Captured(mysql, batch.bookmark).begun()
      await again.count(401 - taken)
      expect(again.events.map(({ key }) => key.id)).toEqual(ids.slice(taken))
    }
  })
})
