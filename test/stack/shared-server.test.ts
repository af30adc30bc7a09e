import mysql from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { freshDatabase } from '../support/fresh-database.ts'
import { ServerPool } from '../support/server-pool.ts'
import { type SharedDatabase, sharedDynoxide, sharedMariadb, sharedMysql } from '../support/shared-server.ts'

describe.each([
  { title: 'mysql', shared: sharedMysql },
  { title: 'mariadb', shared: sharedMariadb },
])('the shared $title', ({ title, shared }) => {
  test('is one server, however often and by however many it is asked for', async () => {
    const [one, other] = await Promise.all([shared(), shared()])
    expect(one).toEqual(other)
    expect(one.flavour).toBe(title)
  })

  test('gives each test a database of its own, gone afterwards', async () => {
    const server = await shared()
    await using mine = await freshDatabase(server)
    const name = await (async () => {
      await using theirs = await freshDatabase(server)
      await theirs.query('CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY)')
      await theirs.query('INSERT INTO t VALUES (?)', ['18446744073709551615'])
      expect(await theirs.query('SELECT id FROM t')).toEqual([{ id: '18446744073709551615' }])
      expect(await mine.query('SHOW TABLES')).toEqual([])
      return theirs.name
    })()
    expect(await mine.query('SHOW DATABASES LIKE ?', [name])).toEqual([])
  })
})

test('a server named in the environment is used, with a capture account made in it', async () => {
  const { adminUrl } = await sharedMysql()
  process.env.MILLRACE_TEST_MYSQL_URL = adminUrl
  await using servers = new ServerPool()
  const named = (await servers.get('mysql')) as SharedDatabase
  expect(named.adminUrl).toBe(adminUrl)
  const capture = await mysql.createConnection(named.url)
  await capture.query('SHOW BINARY LOG STATUS')
  await capture.end()
})

test('a shared emulator answers', async () => {
  const { url } = await sharedDynoxide()
  expect((await fetch(url)).ok).toBe(true)
})
