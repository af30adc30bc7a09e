import { describe, expect, test } from 'vitest'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { openMariadb } from '../../../src/stack/mariadb.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { sharedMysql } from '../../support/shared-server.ts'
import { Captured, exactly, told } from './captured.ts'

const ROWS = Array.from({ length: 30 }, (_, id) => `(${id}, REPEAT('x', 200))`).join(', ')
const CHANGES = [`INSERT INTO t VALUES ${ROWS}`, "UPDATE t SET v = 'y' WHERE id < 5", 'DELETE FROM t ORDER BY id']
/** Events of all of them. */
const COUNT = 30 + 5 + 30

describe('what the server compressed is captured like anything else', () => {
  test('whole transactions of MySQL, from any bookmark and beside plain ones', async () => {
    await using at = await freshDatabase(await sharedMysql())
    for (const table of ['t', 'u']) await at.query(`CREATE TABLE ${table} (id int PRIMARY KEY, v varchar(300))`)
    await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    for (const compression of ['OFF', 'ON']) {
      await at.query(`SET SESSION binlog_transaction_compression = ${compression}`)
      for (const change of CHANGES) await at.query(change)
      await at.query('BEGIN')
      for (const change of CHANGES) {
        await at.query(change.replace(' t ', ' u '))
        await at.query(change)
      }
      await at.query('COMMIT')
    }
    await captured.count(4 * COUNT)
    const lines = told(captured.events)
    expect(lines.slice(2 * COUNT)).toEqual(lines.slice(0, 2 * COUNT))
    const positions = captured.events.map(({ position }) => position)
    expect(positions).toEqual([...new Set(positions)].sort())
    let taken = 0
    for (const batch of captured.batches) {
      taken += batch.events.length
      await using again = await new Captured(source, batch.bookmark).begun()
      await again.count(4 * COUNT - taken)
      expect(exactly(again.events)).toEqual(exactly(captured.events.slice(taken)))
    }
  })

  test('single events of MariaDB, rows and statements', async () => {
    await using server = await openMariadb({ settings: { 'log-bin-compress': 'ON', 'log-bin-compress-min-len': '10' } })
    await using at = await freshDatabase(server)
    await at.query('CREATE TABLE t (id int PRIMARY KEY, v varchar(300))')
    await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    for (const change of CHANGES) await at.query(change)
    await at.query('SET GLOBAL log_bin_compress = OFF')
    for (const change of CHANGES) await at.query(change)
    await at.query('ALTER TABLE t ADD COLUMN w int')
    await captured.count(2 * COUNT)
    const lines = told(captured.events)
    expect(lines.slice(COUNT)).toEqual(lines.slice(0, COUNT))
    await at.query("INSERT INTO t VALUES (1, 'a', 1)")
    await at.query('SET GLOBAL log_bin_compress = ON')
    await at.query("SET SESSION binlog_format = 'STATEMENT'")
    await at.query(`UPDATE t SET v = '${'z'.repeat(300)}'`)
    expect(await captured.failure()).toMatchObject({
      code: 'BINLOG_UNREADABLE',
      message: expect.stringMatching(/statement/),
    })
  })
})
