import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { freshDatabase } from '../../support/fresh-database.ts'
import { sharedMariadb, sharedMysql } from '../../support/shared-server.ts'

const ROWS = 200_000
const BATCH_BYTES_MAX = 1024 * 1024
// Each event counts 600 bytes beside its images; the last packet may go over.
const EVENTS_MAX = (BATCH_BYTES_MAX / 600) * 1.1
const GROWTH_BYTES_MAX = 200 * 1024 * 1024

describe.each([
  { flavour: 'mysql', shared: sharedMysql },
  { flavour: 'mariadb', shared: sharedMariadb },
])('back pressure on $flavour', ({ shared }) => {
  test('a transaction of 200,000 rows passes in bounded batches and memory, however slowly it is taken', async () => {
    await using at = await freshDatabase(await shared())
    await at.query('CREATE TABLE t (id int PRIMARY KEY, v varchar(300))')
    await at.query('CREATE TABLE digit (d int)')
    await at.query('INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)')
    await using source = openMysqlSource({ url: at.url, tables: ['t'], batchBytesMax: BATCH_BYTES_MAX })
    const { bookmark: start } = await source.restart(null)
    await at.query(`INSERT INTO t SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d, REPEAT('x', 250)
      FROM digit a, digit b, digit c, digit d, digit e, digit f WHERE f.d < 2`)
    const abort = new AbortController()
    const before = process.memoryUsage.rss()
    const keys = new Set<unknown>()
    let largest = 0
    let grown = 0
    for await (const batch of source.changes(start, abort.signal)) {
      for (const event of batch.events) keys.add(event.key.id)
      largest = Math.max(largest, batch.events.length)
      grown = Math.max(grown, process.memoryUsage.rss() - before)
      if (keys.size === ROWS) abort.abort()
      // Time for a connection that was not paused to run ahead.
      for (let turns = 0; turns < 20; turns++) await turn()
    }
    expect(keys.size).toBe(ROWS)
    expect(largest).toBeLessThan(EVENTS_MAX)
    expect(grown).toBeLessThan(GROWTH_BYTES_MAX)
  })
})
