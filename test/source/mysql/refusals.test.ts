// What cannot be captured stops by name, with the way to mend it; what is of no interest does not.

import { beforeAll, describe, expect, test } from 'vitest'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { openMariadb } from '../../../src/stack/mariadb.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { openFaultProxy } from '../../support/fault-proxy.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { freshName } from '../../support/fresh-name.ts'
import { type SharedDatabase, sharedMariadb, sharedMysql } from '../../support/shared-server.ts'
import { Captured } from './captured.ts'

describe.each([
  { flavour: 'mysql', shared: sharedMysql },
  { flavour: 'mariadb', shared: sharedMariadb },
])('$flavour refuses', ({ flavour, shared }) => {
  let server: SharedDatabase
  beforeAll(async () => {
    server = await shared()
  })

  async function database(): Promise<FreshDatabase> {
    const fresh = await freshDatabase(server)
    for (const table of ['t', 'u']) {
      await fresh.query(`CREATE TABLE ${table} (id int PRIMARY KEY, v varchar(300), j json)`)
      await fresh.query(`INSERT INTO ${table} VALUES (1, 'a', '{"a": "${'x'.repeat(100)}", "b": 1}')`)
    }
    return fresh
  }
  const source = (at: FreshDatabase) => openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })

  interface Unreadable {
    readonly what: string
    readonly sets: string
    readonly changes: string
    readonly resets: string
    readonly hint: RegExp
  }
  const UPDATE = "UPDATE t SET v = 'b' WHERE id = 1"
  const unreadable: readonly Unreadable[] = [
    {
      what: 'rows that lack columns',
      sets: "SET SESSION binlog_row_image = 'MINIMAL'",
      changes: UPDATE,
      resets: "SET SESSION binlog_row_image = 'FULL'",
      hint: /SET GLOBAL binlog_row_image = FULL.*--skip-gap/,
    },
    {
      what: 'a change logged as a statement',
      sets: "SET SESSION binlog_format = 'STATEMENT'",
      changes: UPDATE,
      resets: "SET SESSION binlog_format = 'ROW'",
      hint: /SET GLOBAL binlog_format = ROW/,
    },
    ...(flavour === 'mysql'
      ? [
          {
            what: 'parts of JSON values',
            sets: "SET SESSION binlog_row_value_options = 'PARTIAL_JSON'",
            changes: "UPDATE t SET j = JSON_SET(j, '$.b', 2) WHERE id = 1",
            resets: "SET SESSION binlog_row_value_options = ''",
            hint: /binlog_row_value_options = ''/,
          },
        ]
      : []),
  ]

  test.each(unreadable)('$what, of a table it follows', async ({ sets, changes, resets, hint }) => {
    await using at = await database()
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (2, 'before', NULL)")
    await at.query(sets)
    await at.query(changes)
    await at.query(resets)
    const error = await captured.failure()
    expect(error).toMatchObject({ code: 'BINLOG_UNREADABLE', fate: 'stop', hint: expect.stringMatching(hint) })
    expect(captured.events.map((event) => event.after?.v)).toEqual(['before'])
    await using again = new Captured(mysql, captured.bookmark)
    expect(await again.failure()).toMatchObject({ code: 'BINLOG_UNREADABLE' })
    expect(again.events).toEqual([])
  })

  test('nothing of a table it does not follow', async () => {
    await using at = await database()
    await using elsewhere = await database()
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    for (const { sets, changes, resets } of unreadable) {
      await elsewhere.query(sets)
      await elsewhere.query(changes.replace(' t ', ' u '))
      await elsewhere.query(resets)
    }
    await at.query("INSERT INTO t VALUES (2, 'after', NULL)")
    await captured.count(1)
    expect(captured.events[0]?.after?.v).toBe('after')
  })

  test('a wrong password, without showing it', async () => {
    const url = Object.assign(new URL(server.url), { password: 'wrong-password' }).href
    await using mysql = openMysqlSource({ url, tables: ['t'] })
    const error = (await new Captured(mysql, null).failure()) as Error
    expect(error).toMatchObject({
      code: 'MYSQL_DENIED',
      fate: 'stop',
      hint: expect.stringContaining('MILLRACE_MYSQL_URL'),
    })
    expect(error.message).not.toContain('wrong-password')
  })

  test('a host that nobody answers at, for now', async () => {
    const url = Object.assign(new URL(server.url), { port: '1' }).href
    await using mysql = openMysqlSource({ url, tables: ['t'] })
    expect(await new Captured(mysql, null).failure()).toMatchObject({ code: 'MYSQL_UNREACHABLE', fate: 'retry' })
  })

  test('a database that does not exist', async () => {
    const url = Object.assign(new URL(server.url), { pathname: 'no_such_database' }).href
    await using mysql = openMysqlSource({ url, tables: ['t'] })
    expect(await new Captured(mysql, null).failure()).toMatchObject({ code: 'MYSQL_UNFIT', fate: 'stop' })
  })

  test('an account that may not read the log, and says what to grant', async () => {
    await using at = await database()
    const user = freshName('user')
    await at.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'pw'`)
    const client = flavour === 'mysql' ? 'REPLICATION CLIENT' : 'BINLOG MONITOR'
    await at.query(`GRANT SELECT ON ${at.name}.* TO '${user}'@'%'`)
    const url = Object.assign(new URL(at.url), { username: user, password: 'pw' }).href
    await using mysql = openMysqlSource({ url, tables: ['t'] })
    const { bookmark } = await begun(source(at))
    const denied = (right: string) => ({
      code: 'MYSQL_DENIED',
      fate: 'stop',
      hint: expect.stringContaining(`GRANT ${right} ON *.* TO '${user}'`),
    })
    await at.query(`GRANT ${client} ON *.* TO '${user}'@'%'`)
    expect(await new Captured(mysql, bookmark).failure()).toMatchObject(denied('REPLICATION SLAVE'))
    await at.query(`GRANT REPLICATION SLAVE ON *.* TO '${user}'@'%'`)
    await using captured = await new Captured(mysql, bookmark).begun()
    expect(captured.batches).not.toEqual([])
    await at.query(`DROP USER '${user}'@'%'`)
  })

  test('a server that has fallen silent, within a few heartbeats', async () => {
    await using at = await database()
    await using proxy = await openFaultProxy(Number(new URL(at.url).port))
    await using mysql = openMysqlSource({ url: proxy.url(at.url), tables: ['t'], heartbeatMs: 100 })
    await using captured = await new Captured(mysql, null).begun()
    const pausedMs = Date.now()
    proxy.pause()
    expect(await captured.failure()).toMatchObject({ code: 'MYSQL_UNREACHABLE', fate: 'retry' })
    expect(Date.now() - pausedMs).toBeLessThan(6000)
    proxy.resume()
    await at.query("INSERT INTO t VALUES (3, 'c', NULL)")
    await using again = await new Captured(mysql, captured.bookmark).begun()
    await again.count(1)
  })

  test('a bookmark of another kind of source', async () => {
    await using at = await database()
    await using mysql = source(at)
    expect(await new Captured(mysql, '{"shard": 1}').failure()).toMatchObject({ code: 'BOOKMARK_UNREADABLE' })
  })
})

test('mysql refuses a certificate that nobody vouches for, and takes it where none is asked for', async () => {
  await using at = await freshDatabase(await sharedMysql())
  await at.query('CREATE TABLE t (id int PRIMARY KEY)')
  await using strict = openMysqlSource({ url: `${at.url}?ssl-mode=VERIFY_CA`, tables: ['t'] })
  expect(await new Captured(strict, null).failure()).toMatchObject({
    code: 'MYSQL_URL_INVALID',
    hint: expect.stringContaining('ssl-ca'),
  })
  await using trusting = openMysqlSource({ url: `${at.url}?ssl-mode=REQUIRED`, tables: ['t'] })
  await using captured = await new Captured(trusting, null).begun()
  await at.query('INSERT INTO t VALUES (2)')
  await captured.count(1)
})

test.each([
  { flavour: 'mysql', open: openMysql },
  { flavour: 'mariadb', open: openMariadb },
])('$flavour refuses changes that do not name their columns', async ({ open }) => {
  await using server = await open({ settings: { 'binlog-row-metadata': 'MINIMAL' } })
  await server.query('CREATE TABLE t (id int PRIMARY KEY)')
  await using mysql = openMysqlSource({ url: server.url, tables: ['t'], heartbeatMs: 200 })
  await using captured = await new Captured(mysql, null).begun()
  await server.query('INSERT INTO t VALUES (1)')
  expect(await captured.failure()).toMatchObject({
    code: 'BINLOG_UNREADABLE',
    hint: expect.stringContaining('SET GLOBAL binlog_row_metadata = FULL'),
  })
})

test('mysql refuses to go without GTIDs, and names the statements that bring them', async () => {
  await using server = await openMysql({ settings: { 'gtid-mode': 'OFF', 'enforce-gtid-consistency': 'OFF' } })
  await using mysql = openMysqlSource({ url: server.url, tables: ['t'] })
  expect(await new Captured(mysql, null).failure()).toMatchObject({ code: 'MYSQL_UNFIT', fate: 'stop' })
  const [finding] = (await mysql.check([])).filter(({ isOk }) => !isOk)
  expect(finding).toMatchObject({ check: 'gtid_mode', fix: expect.stringContaining('ON_PERMISSIVE') })
})

async function begun(source: ReturnType<typeof openMysqlSource>): Promise<{ bookmark: string }> {
  await using open = source
  await using captured = await new Captured(open, null).begun()
  return { bookmark: captured.bookmark }
}
