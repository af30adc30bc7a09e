import { describe, expect, test } from 'vitest'
import type { Row } from '../../../src/core/value.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { sharedMariadb, sharedMysql } from '../../support/shared-server.ts'
import { Captured } from './captured.ts'

const { signal } = new AbortController()

describe.each([
  { flavour: 'mysql', shared: sharedMysql },
  { flavour: 'mariadb', shared: sharedMariadb },
])('a lookup in $flavour', ({ flavour, shared }) => {
  async function database(): Promise<FreshDatabase> {
    const fresh = await freshDatabase(await shared())
    await fresh.query(
      'CREATE TABLE t (id int PRIMARY KEY, code varchar(20), big bigint unsigned, f float, b blob, KEY (code))',
    )
    return fresh
  }

  function source(at: FreshDatabase) {
    return openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
  }

  test('finds the rows of each value, in the order of the values', async () => {
    await using at = await database()
    await at.query("INSERT INTO t VALUES (1, 'a', 1, 1, 'x'), (2, 'b', 2, 2, 'x'), (3, 'a', 3, 3, 'x')")
    await using mysql = source(at)
    const ask = async (by: string, values: readonly Row[string][]) => {
      const { rows } = await mysql.rows({ table: 't', by, columns: ['id'], values }, signal)
      return rows.map((found) => found.map((row) => row.id))
    }
    expect(await ask('id', [2, 9, 1n, '3'])).toEqual([[2], [], [1], [3]])
    expect(await ask('code', ['b', 'a', "it's \\ none", null])).toEqual([[2], [1, 3], [], []])
    expect(await ask('id', ['3 or 1', 'x', null])).toEqual([[], [], []])
    expect(await ask('id', [])).toEqual([])
  })

  test('gives a row to each of the values that the column itself holds equal to it', async () => {
    await using at = await database()
    await at.query("INSERT INTO t VALUES (1, 'Zoë', 1, 1, 'x')")
    await using mysql = source(at)
    const values = ['zoë', 'ZOE', 'zo']
    const { rows } = await mysql.rows({ table: 't', by: 'code', columns: ['id', 'code'], values }, signal)
    const found = { id: 1, code: 'Zoë' }
    expect(rows).toEqual([[found], [found], []])
  })

  test('gives the same values as the row images', async () => {
    await using at = await database()
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (1, NULL, 18446744073709551615, 0.1, X'00ff41'), (2, 'é', 7, -1.5e-7, '')")
    await captured.count(2)
    const columns = ['id', 'code', 'big', 'f', 'b']
    const { rows } = await mysql.rows({ table: 't', by: 'id', columns, values: [1, 2] }, signal)
    expect(rows.flat()).toEqual(captured.events.map((event) => event.after))
  })

  test('says each distinct row once', async () => {
    await using at = await database()
    await at.query("INSERT INTO t VALUES (1, 'a', 7, 1, 'x'), (2, 'a', 7, 2, 'x'), (3, 'a', 8, 3, 'x')")
    await using mysql = source(at)
    const { rows } = await mysql.rows({ table: 't', by: 'code', columns: ['big'], values: ['a'] }, signal)
    expect(rows).toEqual([[{ big: 7 }, { big: 8 }]])
  })

  test('answers many values at once', async () => {
    await using at = await database()
    const all = Array.from({ length: 1200 }, (_, id) => id)
    await at.query(`INSERT INTO t VALUES ${all.map((id) => `(${id}, 'code ${id}', ${id}, 1, 'x')`).join(', ')}`)
    await using mysql = source(at)
    const values = all.map((id) => `code ${id}`)
    const { rows } = await mysql.rows({ table: 't', by: 'code', columns: ['id'], values }, signal)
    expect(rows.map((found) => found[0]?.id)).toEqual(all)
  })

  test('right after an event shows at least that event, and one watermark serves what is older', async () => {
    await using at = await database()
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    const first = await mysql.watermark()
    for (let id = 0; id < 50; id++) {
      await at.query(`INSERT INTO t VALUES (${id}, 'a', 1, 1, 'x')`)
      await captured.count(id + 1)
      const atLeast = captured.events[id]!.position
      const { rows, asOf } = await mysql.rows({ table: 't', by: 'id', columns: ['id'], values: [id], atLeast }, signal)
      expect(rows).toEqual([[{ id }]])
      expect(asOf >= atLeast).toBe(true)
    }
    const newest = await mysql.watermark()
    const { asOf } = await mysql.rows({ table: 't', by: 'id', columns: ['id'], values: [1], atLeast: first }, signal)
    expect(asOf).toBe(newest)
  })

  test('follows a table that is altered between two lookups', async () => {
    await using at = await database()
    await at.query("INSERT INTO t VALUES (1, 'a', 17, 1, 'x')")
    await using mysql = source(at)
    const ask = async (columns: readonly string[]) =>
      (await mysql.rows({ table: 't', by: 'id', columns, values: [1] }, signal)).rows.flat()
    expect(await ask(['id', 'big'])).toEqual([{ id: 1, big: 17 }])
    await at.query('ALTER TABLE t MODIFY COLUMN big varchar(30)')
    expect(await ask(['id', 'big'])).toEqual([{ id: 1, big: '17' }])
    await at.query('ALTER TABLE t DROP COLUMN big, ADD COLUMN fresh int DEFAULT 5')
    await expect(ask(['id', 'big'])).rejects.toMatchObject({ code: 'MYSQL_UNFIT' })
    expect(await ask(['id', 'fresh'])).toEqual([{ id: 1, fresh: 5 }])
  })

  test('in a process that does not capture belongs to the epoch of the newest bookmark', async () => {
    await using at = await database()
    await using capturing = source(at)
    const first = await capturing.restart(null)
    const { bookmark } = await capturing.restart(first.bookmark)
    await using mysql = openMysqlSource({ url: at.url, tables: [], bookmark: async () => bookmark })
    const { asOf } = await mysql.rows({ table: 't', by: 'id', columns: ['id'], values: [1] }, signal)
    expect(asOf.slice(0, 6)).toBe('000002')
    const elsewhere = JSON.stringify({ ...JSON.parse(bookmark), server: `${flavour}:another` })
    await using other = openMysqlSource({ url: at.url, tables: [], bookmark: async () => elsewhere })
    const refused = other.rows({ table: 't', by: 'id', columns: ['id'], values: [1] }, signal)
    await expect(refused).rejects.toMatchObject({ code: 'MYSQL_BEHIND', fate: 'retry' })
  })

  test('ends when it is aborted', async () => {
    await using at = await database()
    await using mysql = source(at)
    const abort = new AbortController()
    const lookup = mysql.rows({ table: 't', by: 'id', columns: ['id'], values: [1] }, abort.signal)
    abort.abort(new Error('enough'))
    await expect(lookup).rejects.toThrow('enough')
  })
})
