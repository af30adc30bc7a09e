import { expect, test } from 'vitest'
import { openMariadb } from '../../src/stack/mariadb.ts'
import { openMysql } from '../../src/stack/mysql.ts'
import { openReplica } from '../../src/stack/replica.ts'

test.each([
  { flavour: 'mysql', open: openMysql },
  { flavour: 'mariadb', open: openMariadb },
])('a $flavour replica follows from the beginning and takes over when its primary is killed', async ({ open }) => {
  await using primary = await open()
  await primary.query('CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1)')
  await using replica = await openReplica(primary)
  await primary.query('INSERT INTO t VALUES (2)')
  await replica.caughtUp()
  await primary.kill()
  await replica.promote()
  await replica.server.query('INSERT INTO t VALUES (3)')
  expect(await replica.server.query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
})
