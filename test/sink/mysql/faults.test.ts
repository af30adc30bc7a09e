// What breaks off in the middle leaves nothing, and is right when it is given again; who meets others waits or begins anew.

import mysql from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { openMysqlSink } from '../../../src/sink/mysql/mysql-sink.ts'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { lockWait } from '../../support/lock-wait.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'
import { until } from '../../support/until.ts'

describe.each(FLAVOURS)('a sink of %s in trouble', (_flavour, shared) => {
  async function open(): Promise<SinkDatabase> {
    const columns = 'id int PRIMARY KEY, v int, total int'
    return SinkDatabase.open(await shared(), { columns, key: ['id'], owns: ['v', 'total'] })
  }

  /** Somebody else's transaction that holds a row; ends with the block. */
  async function holder(table: SinkDatabase, ...statements: readonly string[]) {
    const connection = await mysql.createConnection({ uri: table.database.adminUrl })
    for (const statement of ['BEGIN', ...statements]) await connection.query(statement)
    return { connection, [Symbol.asyncDispose]: () => connection.end() }
  }

  test('a connection that is cut in the middle is a fault to retry, and what is repeated is applied once', async () => {
    await using table = await open()
    const sink = await table.sink()
    await table.query(`INSERT INTO ${table.name} VALUES (9, 0, 0)`)
    const writes = [
      placed(table.mergeOf(['1'], { v: 1 }), { offset: 1 }),
      placed(table.countOf(['2'], { total: 1 }), { offset: 2 }),
      placed(table.mergeOf(['9'], { v: 9 }), { offset: 3 }),
    ]
    {
      await using _held = await holder(table, `SELECT * FROM ${table.name} WHERE id = 9 FOR UPDATE`)
      const applied = sink.apply(writes, forever)
      const failure = expect(applied).rejects.toMatchObject({ code: 'MYSQL_UNREACHABLE', fate: 'retry' })
      await table.query(`KILL ${(await lockWait(table.database)).connection}`)
      await failure
    }
    expect(await table.row(1)).toBeUndefined()
    for (let time = 0; time < 2; time++) {
      expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied', 'applied'])
    }
    expect(await table.row(1)).toMatchObject({ v: 1 })
    expect(await table.row(2)).toMatchObject({ total: 1 })
    expect(await table.row(9)).toMatchObject({ v: 9 })
  })

  test('a call that is aborted while it waits leaves nothing', async () => {
    await using table = await open()
    const sink = await table.sink()
    await table.query(`INSERT INTO ${table.name} VALUES (9, 0, 0)`)
    const stop = new AbortController()
    await using held = await holder(table, `SELECT * FROM ${table.name} WHERE id = 9 FOR UPDATE`)
    const writes = [1, 9].map((id) => placed(table.mergeOf([String(id)], { v: 1 }), { offset: id }))
    const applied = sink.apply(writes, stop.signal)
    await lockWait(table.database)
    stop.abort(new Error('stopped'))
    await expect(applied).rejects.toThrow('stopped')
    await held.connection.query('ROLLBACK')
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied'])
  })

  test('a deadlock is tried again', async () => {
    await using table = await open()
    const sink = await table.sink()
    await table.query(`INSERT INTO ${table.name} VALUES (1, 0, 0), (2, 0, 0)`)
    // It has changed more rows than the sink, so that the server takes the sink's transaction back.
    const many = Array.from({ length: 300 }, (_, id) => `(${id + 100}, 0, 0)`)
    await using held = await holder(
      table,
      `INSERT INTO ${table.name} VALUES ${many}`,
      `UPDATE ${table.name} SET v = -1 WHERE id = 2`,
    )
    const applied = sink.apply(
      [1, 2].map((id) => placed(table.mergeOf([String(id)], { v: id }), { offset: id })),
      forever,
    )
    await lockWait(table.database)
    await held.connection.query(`UPDATE ${table.name} SET v = -1 WHERE id = 1`)
    await held.connection.query('COMMIT')
    expect(did(await applied)).toEqual(['applied', 'applied'])
    const rows = await table.query(`SELECT v FROM ${table.name} WHERE id < 3 ORDER BY id`)
    expect(rows.map(({ v }) => v)).toEqual([1, 2])
  })

  test('a lock that is waited for too long is tried again, and nothing of the first try stays', async () => {
    await using table = await open()
    const sink = await table.sink()
    await sink.apply(
      [1, 2].map((id) => placed(table.mergeOf([`${id}`], { v: 0 }), { offset: id })),
      forever,
    )
    await using held = await holder(table, `SELECT * FROM ${table.name} WHERE id = 2 FOR UPDATE`)
    const writes = [1, 2].map((id) => placed(table.mergeOf([`${id}`], { v: id }), { offset: 2 + id }))
    const applied = sink.apply(writes, forever)
    const { transaction: first } = await lockWait(table.database)
    await until(async () => ((await lockWait(table.database)).transaction === first ? null : true), {
      what: 'another try',
      everyMs: 150,
    })
    await held.connection.query('COMMIT')
    expect(did(await applied)).toEqual(['applied', 'applied'])
    const rows = await table.query(`SELECT v FROM ${table.name} ORDER BY id`)
    expect(rows.map(({ v }) => v)).toEqual([1, 2])
  })

  test('what is held of one row keeps nobody from the row before it', async () => {
    await using table = await open()
    const sink = await table.sink()
    const write = (id: number, offset: number) => placed(table.mergeOf([`${id}`], { v: offset }), { offset })
    await sink.apply([write(1, 1), write(2, 2)], forever)
    await using held = await holder(
      table,
      `SELECT * FROM millrace_positions WHERE (target, row_key, guard) = ('${table.name}', '2', '') FOR UPDATE`,
    )
    // By itself, for then its guards are looked at.
    expect(did(await sink.apply([write(1, 3)], forever))).toEqual(['applied'])
    await held.connection.query('COMMIT')
    expect(did(await sink.apply([write(2, 4)], forever))).toEqual(['applied'])
  })

  test('a server that is not there is a fault to retry, wrong words are one to stop', async () => {
    await using table = await open()
    const away = await openMysqlSink({ url: 'mysql://a:b@127.0.0.1:1/db', targets: table.targets })
    const write = placed(table.mergeOf(['1'], { v: 1 }), { offset: 1 })
    await expect(away.apply([write], forever)).rejects.toMatchObject({ code: 'MYSQL_UNREACHABLE', fate: 'retry' })
    await away.close()
    const url = Object.assign(new URL(table.database.adminUrl), { password: 'wrong' }).href
    const denied = await table.sink({ url })
    await expect(denied.apply([write], forever)).rejects.toMatchObject({ code: 'MYSQL_DENIED', fate: 'stop' })
  })

  test('of two sinks that write to the same rows at once, each row keeps its newest change', async () => {
    await using table = await open()
    const rows = 30
    const rounds = 8
    const work = [0, 1, 2].map(async (partition) => {
      const sink = await table.sink()
      const outcomes: string[] = []
      for (let round = 0; round < rounds; round++) {
        const writes = Array.from({ length: rows }, (_, id): PlacedWrite => {
          const at = ((round + id + partition * 3) % rounds) * 3 + partition + 1
          return placed(table.mergeOf([String(id)], { v: at }), { at, offset: round * rows + id, partition })
        })
        // Each in an order of its own.
        const turned = writes.toSorted((one, other) => (one.lane < other.lane ? -1 : 1))
        outcomes.push(...did(await sink.apply(partition === 1 ? turned.toReversed() : turned, forever)))
      }
      return outcomes
    })
    const outcomes = (await Promise.all(work)).flat()
    expect(new Set(outcomes)).toEqual(new Set(['applied', 'stale']))
    const held = await table.query(`SELECT v FROM ${table.name}`)
    expect(held.map(({ v }) => v)).toEqual(Array.from({ length: rows }, () => rounds * 3))
  })

  test('a row that somebody makes between the look and the insert is not written over by what is older', async () => {
    await using table = await open()
    const [older, newer] = [await table.sink(), await table.sink()]
    const write = (at: number, partition: number) =>
      placed(table.mergeOf(['1'], { v: at }), { at, offset: at, partition })
    await older.apply([placed(table.mergeOf(['7'], { v: 0 }), { offset: 0, partition: 5 })], forever)
    // Both have to wait for the same row after they have looked for the guard of the other.
    await table.query(`INSERT INTO ${table.name} VALUES (0, 0, 0)`)
    await using held = await holder(table, `SELECT * FROM ${table.name} WHERE id = 0 FOR UPDATE`)
    const at = (age: number, partition: number) => [
      write(age, partition),
      placed(table.mergeOf(['0'], { v: age }), { at: age, offset: age, partition }),
    ]
    // Whoever waits first goes on first, on MySQL; MariaDB lets either.
    const first = newer.apply(at(4, 1), forever)
    await lockWait(table.database)
    const second = older.apply(at(3, 0), forever)
    await lockWait(table.database, 2)
    await held.connection.query('COMMIT')
    expect(did(await first)).toEqual(['applied', 'applied'])
    expect([
      ['stale', 'stale'],
      ['applied', 'applied'],
    ]).toContainEqual(did(await second))
    expect(await table.row(0)).toMatchObject({ v: 4 })
    expect(await table.row(1)).toMatchObject({ v: 4 })
  })
})
