import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { openMariadb } from '../../src/stack/mariadb.ts'
import { openMysql } from '../../src/stack/mysql.ts'

describe.each([
  { flavour: 'mysql', open: openMysql },
  { flavour: 'mariadb', open: openMariadb },
])('a local $flavour', ({ open }) => {
  test('keeps what was committed through kill, stop and start, at the same address', async () => {
    await using server = await open()
    const address = server.url
    await server.query('CREATE TABLE kept (id INT PRIMARY KEY)', 'INSERT INTO kept VALUES (1)')
    await server.kill()
    expect(server.pid).toBeNull()
    await server.start()
    await server.query('INSERT INTO kept VALUES (2)')
    await server.stop()
    await server.start()
    expect(await server.query('SELECT id FROM kept ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
    expect(server.url).toBe(address)
  })

  test('two at once share nothing', async () => {
    await using one = await open()
    await using other = await open()
    await one.query('CREATE TABLE mine (id INT PRIMARY KEY)')
    expect(await other.query('SHOW TABLES')).toEqual([])
    const identities = await Promise.all([one, other].map((server) => server.query('SELECT @@server_id AS id')))
    expect(identities[0]).not.toEqual(identities[1])
  })

  test('leaves temporary files alone that a neighbour has in the folder that all share', async () => {
    const file = join(tmpdir(), `#sql-temptable-${randomUUID()}.MAI`)
    await writeFile(file, '')
    try {
      await using server = await open()
      await server.query('SELECT 1')
      expect(existsSync(file)).toBe(true)
    } finally {
      await rm(file, { force: true })
    }
  })

  test('is set up for capture, in a zone that is not UTC', async () => {
    await using server = await open({ settings: { 'binlog-row-image': 'MINIMAL' } })
    const [row] = await server.query(
      `SELECT @@log_bin AS log, @@binlog_format AS format, @@binlog_row_image AS image, @@binlog_row_metadata AS metadata,
        @@time_zone AS zone`,
    )
    expect(row).toEqual({ log: 1, format: 'ROW', image: 'MINIMAL', metadata: 'FULL', zone: '+05:45' })
  })

  test('the capture account may read and follow, and change nothing', async () => {
    await using server = await open()
    await server.query('CREATE TABLE locked (id INT PRIMARY KEY)')
    const connection = await mysql.createConnection(server.url)
    const [rows] = await connection.query<RowDataPacket[]>('SELECT * FROM locked')
    expect(rows).toEqual([])
    await connection.query(server.flavour.name === 'mysql' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS')
    await expect(connection.query('INSERT INTO locked VALUES (1)')).rejects.toThrow(/denied/u)
    await connection.end()
  })
})
