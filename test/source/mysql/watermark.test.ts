import mysql2 from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import type { Position } from '../../../src/core/position.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { openMariadb } from '../../../src/stack/mariadb.ts'
import { openMysql } from '../../../src/stack/mysql.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { Captured } from './captured.ts'

const WRITERS = 8
const READS = 150

// MySQL waits this long between the log and the engine, so that a watermark that looks at the log alone shows.
const SYNC_DELAY = { 'binlog-group-commit-sync-delay': '3000' }

describe.each([
  { flavour: 'mysql', open: () => openMysql({ settings: SYNC_DELAY }) },
  { flavour: 'mariadb', open: () => openMariadb({ settings: { 'sync-binlog': '1' } }) },
])('a watermark of $flavour', ({ open }) => {
  test('is never ahead of what a SELECT begun afterwards sees, however many commit at the same time', async () => {
    await using server = await open()
    await using at = await freshDatabase(server)
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    const reads: { readonly watermark: Position; readonly seen: ReadonlySet<number> }[] = []
    await using writers = await openWriters(at)
    for (let read = 0; read < READS; read++) {
      const watermark = await source.watermark()
      const rows = await at.query('SELECT id FROM t')
      reads.push({ watermark, seen: new Set(rows.map((row) => row.id as number)) })
    }
    const written = await writers.stop()
    await captured.count(written)
    const byPosition = captured.events.map((event) => ({ at: event.position, id: event.key.id as number }))
    const unseen = reads.flatMap(({ watermark, seen }) =>
      byPosition.filter((event) => event.at <= watermark && !seen.has(event.id)),
    )
    expect(unseen).toEqual([])
    const behind = reads.filter(({ watermark }) => byPosition.some((event) => event.at <= watermark))
    expect(behind.length).toBeGreaterThan(READS / 2)
    expect(reads.map((read) => read.watermark)).toEqual(reads.map((read) => read.watermark).sort())
  })

  test('covers everything that was committed before it was asked for', async () => {
    await using server = await open()
    await using at = await freshDatabase(server)
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    for (let id = 0; id < 20; id++) {
      await at.query(`INSERT INTO t VALUES (${id})`)
      const watermark = await source.watermark()
      await captured.count(id + 1)
      expect(captured.events.at(-1)!.position <= watermark).toBe(true)
    }
  })
})

interface Writers extends AsyncDisposable {
  /** Ends the writing and says how many rows there are. */
  stop(): Promise<number>
}

async function openWriters(at: FreshDatabase): Promise<Writers> {
  let isStopped = false
  let next = 0
  const write = async (): Promise<void> => {
    const connection = await mysql2.createConnection(at.adminUrl)
    while (!isStopped) await connection.query(`INSERT INTO t VALUES (${next++})`)
    await connection.end()
  }
  const running = Promise.all(Array.from({ length: WRITERS }, write))
  const stop = async (): Promise<number> => {
    isStopped = true
    await running
    return next
  }
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}
