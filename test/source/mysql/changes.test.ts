import mysql2 from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { parseBookmark } from '../../../src/source/mysql/mysql-bookmark.ts'
import { type MysqlSourceOptions, openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { sharedMariadb, sharedMysql } from '../../support/shared-server.ts'
import { Captured, exactly, told } from './captured.ts'

const HEARTBEAT_MS = 200

describe.each([
  { flavour: 'mysql', shared: sharedMysql },
  { flavour: 'mariadb', shared: sharedMariadb },
])('changes of $flavour', ({ flavour, shared }) => {
  async function database(...tables: readonly string[]): Promise<FreshDatabase> {
    const fresh = await freshDatabase(await shared())
    for (const table of tables) await fresh.query(`CREATE TABLE ${table} (id int PRIMARY KEY, v varchar(300))`)
    return fresh
  }

  function source(at: FreshDatabase, options: Partial<MysqlSourceOptions> = {}) {
    return openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: HEARTBEAT_MS, ...options })
  }

  test('an insert, an update and a delete arrive with their rows, in order', async () => {
    await using at = await database('t')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    await at.query("UPDATE t SET v = 'c' WHERE id = 1")
    await at.query('DELETE FROM t WHERE id = 2')
    await captured.count(4)
    expect(told(captured.events)).toEqual([
      'insert t null -> {"id":1,"v":"a"}',
      'insert t null -> {"id":2,"v":"b"}',
      'update t {"id":1,"v":"a"} -> {"id":1,"v":"c"}',
      'delete t {"id":2,"v":"b"} -> null',
    ])
    const positions = captured.events.map((event) => event.position)
    expect(positions).toEqual([...new Set(positions)].sort())
  })

  test('an update that changes the key is a delete of the old row and an insert of the new one', async () => {
    await using at = await database('t')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    await at.query('UPDATE t SET id = id + 1 ORDER BY id DESC')
    await captured.count(6)
    expect(told(captured.events.slice(2))).toEqual([
      'delete t {"id":2,"v":"b"} -> null',
      'insert t null -> {"id":3,"v":"b"}',
      'delete t {"id":1,"v":"a"} -> null',
      'insert t null -> {"id":2,"v":"a"}',
    ])
    expect(captured.events.slice(2).map((event) => event.key.id)).toEqual([2, 3, 1, 2])
    const positions = captured.events.map((event) => event.position)
    expect(positions).toEqual([...new Set(positions)].sort())
  })

  test('what was changed before the first capture is not in it', async () => {
    await using at = await database('t')
    await at.query("INSERT INTO t VALUES (1, 'a')")
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (2, 'b')")
    await captured.count(1)
    expect(captured.events[0]?.key).toEqual({ id: 2 })
  })

  test('from any bookmark exactly the rest follows, at the same positions', async () => {
    await using at = await database('t', 'u')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    for (let id = 1; id <= 5; id++) {
      await at.query(`INSERT INTO t VALUES (${id}, 'a'), (${id + 100}, 'b')`)
      await at.query(`INSERT INTO u VALUES (${id}, 'not followed')`)
      await captured.count(2 * id)
    }
    await at.query('FLUSH BINARY LOGS')
    await at.query('BEGIN')
    await at.query("UPDATE t SET v = 'x' WHERE id < 4")
    await at.query("INSERT INTO u VALUES (99, 'between')")
    await at.query('DELETE FROM t WHERE id > 103')
    await at.query('COMMIT')
    await captured.count(15)
    let taken = 0
    for (const batch of captured.batches) {
      taken += batch.events.length
      const rest = captured.events.slice(taken)
      await using again = await new Captured(mysql, batch.bookmark).begun()
      await again.count(rest.length)
      expect(exactly(again.events)).toEqual(exactly(rest))
    }
  })

  test('a transaction larger than the buffer is handed out in parts, and resumes within', async () => {
    await using at = await database('t', 'u')
    await using mysql = source(at, { batchBytesMax: 20_000 })
    await using captured = await new Captured(mysql, null).begun()
    await at.query('BEGIN')
    await at.query(`INSERT INTO u ${numbers(1, 400)}`)
    await at.query(`INSERT INTO t ${numbers(1, 400)}`)
    await at.query("UPDATE t SET v = 'x' WHERE id < 50")
    await at.query('COMMIT')
    await at.query("INSERT INTO t VALUES (1000, 'after')")
    await captured.count(450)
    expect(captured.batches.filter((batch) => batch.events.length > 0).length).toBeGreaterThan(5)
    expect(captured.batches.every((batch) => batch.events.length < 200)).toBe(true)
    expect(captured.batches.some((batch) => parseBookmark(batch.bookmark).inside !== null)).toBe(true)
    let taken = 0
    for (const batch of captured.batches) {
      taken += batch.events.length
      await using again = await new Captured(mysql, batch.bookmark).begun()
      await again.count(450 - taken)
      expect(exactly(again.events)).toEqual(exactly(captured.events.slice(taken)))
    }
  })

  test('a row larger than a packet of the protocol arrives whole, and so does what follows', async () => {
    await using at = await database('t')
    await at.query('ALTER TABLE t ADD COLUMN b longblob')
    await using mysql = source(at, { heartbeatMs: 5000 })
    await using captured = await new Captured(mysql, null).begun()
    const bytes = 17 * 1024 * 1024
    await at.query(`INSERT INTO t VALUES (1, 'large', REPEAT('x', ${bytes}))`)
    await at.query("INSERT INTO t VALUES (2, 'small', 'y')")
    await captured.count(2)
    expect(captured.events.map(({ after }) => Buffer.from(after?.b as Uint8Array).length)).toEqual([bytes, 1])
  })

  test('batches never claim a position that a later event falls behind', async () => {
    await using at = await database('t')
    await using mysql = source(at, { batchBytesMax: 5000 })
    await using captured = await new Captured(mysql, null).begun()
    await at.query(`INSERT INTO t ${numbers(1, 100)}`)
    for (let id = 200; id < 230; id++) await at.query(`INSERT INTO t VALUES (${id}, 'a')`)
    await captured.count(130)
    let claimed = ''
    for (const batch of captured.batches) {
      for (const event of batch.events) expect(event.position > claimed).toBe(true)
      expect(batch.position >= (batch.events.at(-1)?.position ?? claimed)).toBe(true)
      claimed = batch.position
    }
  })

  test('an idle source, and changes of other tables, move the bookmark and the clock', async () => {
    await using at = await database('t', 'u')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    const [first] = captured.batches
    const startedMs = Date.now()
    await at.query("INSERT INTO u VALUES (1, 'not followed')")
    await captured.until(
      ({ bookmark }) => parseBookmark(bookmark).gtids !== parseBookmark(first!.bookmark).gtids,
      'GTIDs',
    )
    await captured.until(({ batches }) => batches.at(-1)!.sourceTimeMs > startedMs + 2 * HEARTBEAT_MS, 'a heartbeat')
    expect(captured.events).toEqual([])
    expect(captured.batches.at(-1)!.position > first!.position).toBe(true)
    expect(captured.batches.at(-1)!.sourceTimeMs).toBeLessThan(Date.now() + 2000)
  })

  test('columns that are added, dropped, renamed and retyped in mid-stream change the shape from there on', async () => {
    await using at = await database('t')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (1, 'a')")
    await at.query('ALTER TABLE t ADD COLUMN n int')
    await at.query("INSERT INTO t VALUES (2, 'b', 7)")
    await at.query('ALTER TABLE t CHANGE COLUMN v w varchar(300)')
    await at.query("INSERT INTO t VALUES (3, 'c', 8)")
    await at.query('ALTER TABLE t MODIFY COLUMN n varchar(20)')
    await at.query("INSERT INTO t VALUES (4, 'd', 'nine')")
    await at.query('ALTER TABLE t DROP COLUMN w')
    await at.query("INSERT INTO t VALUES (5, 'ten')")
    await captured.count(5)
    expect(captured.events.map((event) => event.after)).toEqual([
      { id: 1, v: 'a' },
      { id: 2, v: 'b', n: 7 },
      { id: 3, w: 'c', n: 8 },
      { id: 4, w: 'd', n: 'nine' },
      { id: 5, n: 'ten' },
    ])
    const shapes = new Set(captured.events.map((event) => event.parts.shape))
    expect(shapes.size).toBe(5)
  })

  test('an unchanged table keeps its shape over files and connections of the server', async () => {
    await using at = await database('t')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query("INSERT INTO t VALUES (1, 'a')")
    await at.query('FLUSH TABLES')
    await at.query('FLUSH BINARY LOGS')
    await at.query("INSERT INTO t VALUES (2, 'b')")
    await captured.count(2)
    expect(captured.events[0]?.parts.shape).toBe(captured.events[1]?.parts.shape)
  })

  test('what a savepoint takes back is not captured', async () => {
    await using at = await database('t', 'u')
    if (flavour === 'mariadb') await at.query('CREATE TABLE m (id int PRIMARY KEY) ENGINE = MyISAM')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    await at.query('BEGIN')
    await at.query("INSERT INTO t VALUES (1, 'kept')")
    await at.query('SAVEPOINT `here`')
    await at.query("INSERT INTO t VALUES (2, 'taken back')")
    // With a table outside of the transaction the server logs both the rows and the rollback.
    if (flavour === 'mariadb') await at.query('INSERT INTO m VALUES (1)')
    await at.query('ROLLBACK TO SAVEPOINT here')
    await at.query("INSERT INTO t VALUES (3, 'kept')")
    await at.query('COMMIT')
    await captured.count(2)
    expect(captured.events.map((event) => event.after?.id)).toEqual([1, 3])
  })

  test('an XA transaction is captured when it commits, not when it is prepared, and never when it is rolled back', async () => {
    await using at = await database('t')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    const [before] = captured.batches
    const { name } = at
    const xa = async (id: string, key: number): Promise<void> => {
      await at.query(`XA START '${name}${id}'`)
      await at.query(`INSERT INTO t VALUES (${key}, '${id}')`)
      await at.query(`XA END '${name}${id}'`)
    }
    await xa('one', 1)
    await at.query(`XA COMMIT '${name}one' ONE PHASE`)
    await using other = await connected(at)
    await xa('two', 2)
    await at.query(`XA PREPARE '${name}two'`)
    await other.query("INSERT INTO t VALUES (3, 'between')")
    await captured.count(2)
    expect(captured.events.map((event) => event.after?.v)).toEqual(['one', 'between'])
    const prepared = captured.bookmark
    expect(parseBookmark(prepared).prepared).toHaveLength(1)
    await at.query(`XA COMMIT '${name}two'`)
    await xa('three', 4)
    await at.query(`XA PREPARE '${name}three'`)
    await at.query(`XA ROLLBACK '${name}three'`)
    await at.query("INSERT INTO t VALUES (5, 'last')")
    await captured.count(4)
    expect(captured.events.map((event) => event.after?.v)).toEqual(['one', 'between', 'two', 'last'])
    await using fromStart = await new Captured(mysql, before!.bookmark).begun()
    await fromStart.count(4)
    expect(exactly(fromStart.events)).toEqual(exactly(captured.events))
    await using fromPrepared = await new Captured(mysql, prepared).begun()
    await fromPrepared.count(2)
    expect(exactly(fromPrepared.events)).toEqual(exactly(captured.events.slice(2)))
  })

  test('transactions of several sources are all in the bookmark', async () => {
    await using at = await database('t')
    await using mysql = source(at)
    await using captured = await new Captured(mysql, null).begun()
    if (flavour === 'mysql') await at.query("SET gtid_next = 'AUTOMATIC:millrace'")
    else await at.query('SET gtid_domain_id = 4242')
    await at.query("INSERT INTO t VALUES (1, 'tagged')")
    await captured.count(1)
    const { bookmark } = captured
    expect(parseBookmark(bookmark).gtids).toMatch(flavour === 'mysql' ? /:millrace:\d/ : /4242-/)
    if (flavour === 'mysql') await at.query("SET gtid_next = 'AUTOMATIC'")
    else await at.query('SET gtid_domain_id = 0')
    await at.query("INSERT INTO t VALUES (2, 'plain')")
    await captured.count(2)
    await using again = await new Captured(mysql, bookmark).begun()
    await again.count(1)
    expect(exactly(again.events)).toEqual(exactly(captured.events.slice(1)))
  })
})

async function connected(at: FreshDatabase): Promise<{ query(sql: string): Promise<unknown> } & AsyncDisposable> {
  const connection = await mysql2.createConnection(at.adminUrl)
  return { query: (sql) => connection.query(sql), [Symbol.asyncDispose]: () => connection.end() }
}

function numbers(from: number, to: number): string {
  const rows = Array.from({ length: to - from + 1 }, (_, index) => `(${from + index}, REPEAT('r', 200))`)
  return `VALUES ${rows.join(', ')}`
}
