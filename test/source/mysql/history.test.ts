// What a bookmark is worth after the server was restarted, replaced, purged or reset.

import { describe, expect, test } from 'vitest'
import { epochOf } from '../../../src/core/position.ts'
import { parseBookmark } from '../../../src/source/mysql/mysql-bookmark.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { openMariadb } from '../../../src/stack/mariadb.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { openReplica } from '../../../src/stack/replica.ts'
import { until } from '../../support/until.ts'
import { Captured, exactly, told } from './captured.ts'

const TABLE = 'CREATE TABLE t (id int PRIMARY KEY, v varchar(300))'

describe.each([
  { flavour: 'mysql', open: openMysql, reset: 'RESET BINARY LOGS AND GTIDS' },
  { flavour: 'mariadb', open: openMariadb, reset: 'RESET MASTER' },
])('history of $flavour', ({ flavour, open, reset }) => {
  test('goes on in the same epoch when the server is restarted, and is retried while it is away', async () => {
    await using server = await open()
    await server.query(TABLE)
    await using mysql = source(server)
    await using captured = await new Captured(mysql, null).begun()
    await server.query("INSERT INTO t VALUES (1, 'a')")
    await captured.count(1)
    await server.kill()
    expect(await captured.failure()).toMatchObject({ code: 'MYSQL_UNREACHABLE', fate: 'retry' })
    expect(await new Captured(mysql, captured.bookmark).failure()).toMatchObject({ code: 'MYSQL_UNREACHABLE' })
    await server.start()
    await server.query("INSERT INTO t VALUES (2, 'b')")
    await using again = await new Captured(mysql, captured.bookmark).begun()
    await again.count(1)
    expect(told(again.events)).toEqual(['insert t null -> {"id":2,"v":"b"}'])
    expect(epochOf(again.events[0]!.position)).toBe(1)
    expect(again.events[0]!.position > captured.events[0]!.position).toBe(true)
  })

  test('goes on with a replica that takes over, also inside a transaction, in a new epoch', async () => {
    await using primary = await open()
    await primary.query(TABLE)
    await using replica = await openReplica(primary)
    await using first = source(primary, 10_000)
    await using captured = await new Captured(first, null).begun()
    const rows = Array.from({ length: 100 }, (_, id) => `(${id}, REPEAT('x', 200))`)
    await primary.query(`INSERT INTO t VALUES ${rows.join(', ')}`, "INSERT INTO t VALUES (1000, 'last of the old')")
    await captured.count(101)
    await replica.caughtUp()
    await primary.kill()
    await replica.promote()
    await replica.server.query("INSERT INTO t VALUES (2000, 'first of the new')")
    const cut = captured.batches.filter((batch) => parseBookmark(batch.bookmark).inside !== null)
    expect(cut.length).toBeGreaterThan(2)
    await using second = source(replica.server, 10_000)
    let taken = 0
    for (const batch of captured.batches) {
      taken += batch.events.length
      await using again = await new Captured(second, batch.bookmark).begun()
      await again.count(102 - taken)
      expect(told(again.events).slice(0, -1)).toEqual(told(captured.events.slice(taken)))
      expect(again.events.at(-1)?.after?.v).toBe('first of the new')
      expect(again.events.map(({ position }) => epochOf(position))).toEqual(again.events.map(() => 2))
      expect(parseBookmark(again.bookmark)).toMatchObject({ epoch: 2, inside: null })
    }
  })

  test('is gone when the log was purged', async () => {
    await using server = await open()
    await server.query(TABLE)
    await using mysql = source(server)
    const { bookmark } = await taken(new Captured(mysql, null))
    await server.query("INSERT INTO t VALUES (1, 'a')", 'FLUSH BINARY LOGS', "INSERT INTO t VALUES (2, 'b')")
    await server.query('FLUSH BINARY LOGS')
    await purge(server)
    await using again = new Captured(mysql, bookmark)
    expect(await again.failure()).toMatchObject({ code: 'HISTORY_GONE', fate: 'stop' })
    expect((await again.failure()) as Error).toHaveProperty('hint', expect.stringContaining('--skip-gap'))
  })

  test('is gone when the log was reset, even when it has as many transactions again', async () => {
    await using server = await open()
    await server.query(TABLE)
    await using mysql = source(server)
    await using captured = await new Captured(mysql, null).begun()
    for (let id = 0; id < 5; id++) await server.query(`INSERT INTO t VALUES (${id}, 'a')`)
    await captured.count(5)
    const { bookmark } = captured
    await captured[Symbol.asyncDispose]()
    await secondsAfter(server, parseBookmark(bookmark).born)
    await server.query(reset)
    expect(await new Captured(mysql, bookmark).failure()).toMatchObject({ code: 'HISTORY_GONE' })
    for (let id = 100; id < 200; id++) await server.query(`INSERT INTO t VALUES (${id}, 'b')`)
    expect(await new Captured(mysql, bookmark).failure()).toMatchObject({ code: 'HISTORY_GONE' })
    const { bookmark: restarted } = await mysql.restart(bookmark)
    await server.query("INSERT INTO t VALUES (1000, 'c')")
    await using again = await new Captured(mysql, restarted).begun()
    await again.count(1)
    expect(again.events[0]?.after?.id).toBe(1000)
    expect(again.events[0]!.position > captured.events.at(-1)!.position).toBe(true)
  })

  test('is gone when another server never had it', async () => {
    await using server = await open()
    await using stranger = await open()
    await server.query(TABLE, "INSERT INTO t VALUES (1, 'a')")
    await stranger.query(TABLE)
    await using mysql = source(server)
    const { bookmark } = await taken(new Captured(mysql, null))
    await using elsewhere = source(stranger)
    expect(await new Captured(elsewhere, bookmark).failure()).toMatchObject({ code: 'HISTORY_GONE' })
  })

  test('reads the same from the first file as from where it left off, over many files', async () => {
    await using server = await open({ settings: { 'max-binlog-size': '4096' } })
    await server.query(TABLE)
    await using mysql = source(server, 5000)
    await using captured = await new Captured(mysql, null).begun()
    const { bookmark } = captured
    for (let id = 0; id < 40; id++) await server.query(`INSERT INTO t VALUES (${id}, REPEAT('x', 300))`)
    await captured.count(40)
    expect(new Set(captured.events.map(({ parts }) => parts.whereabouts.file)).size).toBeGreaterThan(3)
    await using again = await new Captured(mysql, bookmark).begun()
    await again.count(40)
    expect(exactly(again.events)).toEqual(exactly(captured.events))
    expect(flavour).toBe(server.flavour.name)
  })
})

test('history of mysql is waited for while a replica catches up with it', async () => {
  await using primary = await openMysql()
  await primary.query(TABLE)
  await using replica = await openReplica(primary)
  await replica.caughtUp()
  await replica.server.query('STOP REPLICA SQL_THREAD')
  await using first = source(primary)
  await using captured = await new Captured(first, null).begun()
  await primary.query("INSERT INTO t VALUES (1, 'a')")
  await captured.count(1)
  await using second = source(replica.server)
  const behind = { code: 'MYSQL_BEHIND', fate: 'retry' }
  expect(await new Captured(second, captured.bookmark).failure()).toMatchObject(behind)
  await replica.server.query('START REPLICA')
  await replica.caughtUp()
  await using again = await new Captured(second, captured.bookmark).begun()
  expect(again.events).toEqual([])
})

function source(server: DatabaseServer, batchBytesMax = 1_000_000) {
  return openMysqlSource({ url: server.url, tables: ['t'], heartbeatMs: 200, batchBytesMax })
}

async function taken(captured: Captured): Promise<{ bookmark: string }> {
  await using begun = await captured.begun()
  return { bookmark: begun.bookmark }
}

/** MariaDB keeps a file, without saying so, until its storage engine has everything in it on disk. */
async function purge(server: DatabaseServer): Promise<void> {
  const purged = async (): Promise<true | null> => {
    const files = await server.query('SHOW BINARY LOGS')
    await server.query(`PURGE BINARY LOGS TO '${files.at(-1)?.Log_name}'`)
    return (await server.query('SHOW BINARY LOGS')).length === 1 ? true : null
  }
  await until(purged, { what: 'older files purged' })
}

/** Files of a log are told apart by the second they were begun in. */
async function secondsAfter(server: DatabaseServer, second: number): Promise<void> {
  const isLater = async (): Promise<true | null> => {
    const [row] = await server.query('SELECT UNIX_TIMESTAMP() AS now')
    return row?.now > second ? true : null
  }
  await until(isLater, { what: 'the next second' })
}
