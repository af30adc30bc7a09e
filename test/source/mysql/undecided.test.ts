import mysql2 from 'mysql2/promise'
import { expect, test } from 'vitest'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { Captured, told } from './captured.ts'

test.each(FLAVOURS)('what %s sends again for an undecided XA transaction is handed out once', async (_, shared) => {
  await using at = await freshDatabase(await shared())
  await at.query('CREATE TABLE t (id int PRIMARY KEY, v varchar(20))')
  await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
  await using captured = await new Captured(source, null).begun()
  await at.query(`XA START '${at.name}'`)
  await at.query("INSERT INTO t VALUES (1, 'undecided')")
  await at.query(`XA END '${at.name}'`)
  await at.query(`XA PREPARE '${at.name}'`)
  // A session with a prepared transaction may do nothing else.
  const other = await mysql2.createConnection({ uri: at.adminUrl })
  for (let id = 2; id <= 4; id++) await other.query(`INSERT INTO t VALUES (${id}, 'behind')`)
  await captured.count(3)
  await using again = await new Captured(source, captured.bookmark).begun()
  await other.query("INSERT INTO t VALUES (5, 'last')")
  await again.until(({ events }) => events.some(({ key }) => key.id === 5), 'the last row')
  await using later = await new Captured(source, again.bookmark).begun()
  await at.query(`XA COMMIT '${at.name}'`)
  await later.until(({ events }) => events.some(({ key }) => key.id === 1), 'the decided row')
  await other.end()
  expect(told(again.events).slice(0, 1)).toEqual(['insert t null -> {"id":5,"v":"last"}'])
  expect(told(later.events)).toEqual(['insert t null -> {"id":1,"v":"undecided"}'])
})
