// A remove that deletes: the row is gone and its position stays.

import mysql from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import type { PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { lockWait } from '../../support/lock-wait.ts'
import { SinkDatabase } from '../../support/sink-database.ts'
import { did, forever, placed } from '../../support/sink-table.ts'

describe.each(FLAVOURS)('rows that are deleted on %s', (_flavour, shared) => {
  async function open(): Promise<SinkDatabase> {
    const columns = 'a int, b varchar(9), v varchar(5) UNIQUE, total int, theirs int, PRIMARY KEY (a, b)'
    return SinkDatabase.open(await shared(), { columns, key: ['a', 'b'], owns: ['v', 'total'] })
  }

  type Place = readonly [id: number, offset: number]
  const key = (id: number) => [`${id}`, 'x'] as const
  const merge = (table: SinkDatabase, [id, offset]: Place, v = `v${offset}`) =>
    placed(table.mergeOf(key(id), { v }), { offset })
  const remove = (table: SinkDatabase, id: number, offset: number) =>
    placed(table.removeOf(key(id), ['v'], { how: 'delete' }), { offset })

  async function rows(table: SinkDatabase): Promise<readonly string[]> {
    const all = await table.query(`SELECT a, v FROM ${table.name} ORDER BY a`)
    return all.map(({ a, v }) => `${a} ${v}`)
  }

  test('are gone with what others wrote into them, once, and nothing older brings them back', async () => {
    await using table = await open()
    const sink = await table.sink()
    const apply = async (...writes: readonly PlacedWrite[]) => did(await sink.apply(writes, forever))
    await apply(merge(table, [1, 1]), merge(table, [2, 2]))
    await table.query(`UPDATE ${table.name} SET theirs = 7`)
    const removed = remove(table, 1, 5)
    for (let time = 0; time < 2; time++) expect(await apply(removed)).toEqual(['applied'])
    expect(await apply(merge(table, [1, 4]), merge(table, [2, 6]))).toEqual(['stale', 'applied'])
    expect(await apply(placed(table.createOf(key(1), { v: 'old' }), { offset: 4 }))).toEqual(['stale'])
    expect(await rows(table)).toEqual(['2 v6'])
    expect(await apply(remove(table, 2, 3))).toEqual(['stale'])
    expect(await apply(remove(table, 3, 7), merge(table, [3, 6]))).toEqual(['applied', 'stale'])
    expect(await rows(table)).toEqual(['2 v6'])
  })

  test('are made again by what is newer, be it a merge or a create, also within one call', async () => {
    await using table = await open()
    const sink = await table.sink()
    const apply = async (...writes: readonly PlacedWrite[]) => did(await sink.apply(writes, forever))
    await apply(merge(table, [1, 1]), merge(table, [2, 2]), merge(table, [3, 3]))
    await table.query(`UPDATE ${table.name} SET theirs = 7`)
    expect(await apply(remove(table, 1, 4), remove(table, 2, 5))).toEqual(['applied', 'applied'])
    const create = placed(table.createOf(key(2), { v: 'made' }), { offset: 7 })
    const count = placed(table.countOf(key(3), { total: 2 }), { offset: 10 })
    const within = [remove(table, 3, 8), merge(table, [3, 9]), count]
    expect(await apply(merge(table, [1, 6]), create, ...within)).toEqual(
      Array.from(within, () => 'applied').concat(['applied', 'applied']),
    )
    expect(await rows(table)).toEqual(['1 v6', '2 made', '3 v9'])
    expect(await table.row(...key(3))).toMatchObject({ theirs: null, total: 2 })
    expect(await apply(merge(table, [3, 10]), remove(table, 3, 11))).toEqual(['applied', 'applied'])
    expect(await table.row(...key(3))).toBeUndefined()
  })

  test('what a row gives up by going is free for another one of the call', async () => {
    await using table = await open()
    const sink = await table.sink()
    await sink.apply([merge(table, [1, 1], 'one'), merge(table, [2, 2], 'two')], forever)
    const writes = [merge(table, [2, 3], 'one'), merge(table, [3, 4], 'two'), remove(table, 1, 5)]
    expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied', 'applied'])
    expect(await rows(table)).toEqual(['2 one', '3 two'])
  })

  test('a foreign key that forbids it rejects it in the words of the server, and the rest goes on', async () => {
    await using table = await open()
    const sink = await table.sink()
    await sink.apply(
      [1, 2, 3].map((id) => merge(table, [id, id])),
      forever,
    )
    await table.query(`CREATE TABLE children (a int, b varchar(9), FOREIGN KEY (a, b) REFERENCES ${table.name} (a, b))`)
    await table.query(`INSERT INTO children VALUES (2, 'x')`)
    const again = { ...merge(table, [2, 7]), lane: remove(table, 2, 5).lane }
    const writes = [remove(table, 1, 4), remove(table, 2, 5), remove(table, 3, 6), again, merge(table, [4, 8])]
    const outcomes = await sink.apply(writes, forever)
    expect(did(outcomes)).toEqual(['applied', 'rejected', 'applied', 'rejected', 'applied'])
    expect(outcomes[1]?.reason).toMatch(
      /\[2, x\]: Cannot delete or update a parent row: a foreign key constraint fails/u,
    )
    expect(outcomes[3]?.reason).toMatch(/^behind /u)
    expect(await rows(table)).toEqual(['2 v2', '4 v8'])
    // Where its lane does not wait, what takes the row's place is a change of the row that stayed.
    const free = [remove(table, 2, 9), merge(table, [2, 10])]
    expect(did(await sink.apply(free, forever))).toEqual(['rejected', 'applied'])
    await table.query('DROP TABLE children')
    expect(await rows(table)).toEqual(['2 v10', '4 v8'])
    expect(did(await sink.apply([remove(table, 2, 11)], forever))).toEqual(['applied'])
  })

  test('of a removal and of a merge under another guard that meet where there is no row yet, one sees the other', async () => {
    await using table = await open()
    const sinks = [await table.sink(), await table.sink()]
    // The sinks' own tables are there.
    for (const sink of sinks) await sink.apply([merge(table, [9, 1])], forever)
    const connection = await mysql.createConnection({ uri: table.database.adminUrl })
    await connection.query('BEGIN')
    await connection.query(`INSERT INTO ${table.name} (a, b) VALUES (1, 'x')`)
    const named = placed({ ...table.mergeOf(key(1), { v: 'new' }), guard: 'other' }, { offset: 2, partition: 1 })
    const calls = [named, remove(table, 1, 3)].map((write, at) => sinks[at]?.apply([write], forever) ?? [])
    await lockWait(table.database, 2)
    // Now both have seen that nobody has written to the row, and come to see that there is none.
    await connection.query('ROLLBACK')
    await connection.end()
    expect((await Promise.all(calls)).map((outcomes) => did(outcomes))).toEqual([['applied'], ['applied']])
    const [guard] = await table.query(
      `SELECT removed FROM millrace_positions WHERE row_key = '["1","x"]' AND guard = ''`,
    )
    expect([await table.row(...key(1)), String(guard?.removed)]).toEqual(
      String(guard?.removed) === 'delete' ? [undefined, 'delete'] : [expect.objectContaining({ v: 'new' }), 'null'],
    )
  })

  test('they compare as gone, are foreseen to go, and are not walked through', async () => {
    await using table = await open()
    const sink = await table.sink()
    await sink.apply([merge(table, [1, 1]), merge(table, [2, 2])], forever)
    const removed = remove(table, 1, 3)
    const compared = async () => (await sink.compare([removed.write], { isSure: true, signal: forever }))[0]
    expect(await compared()).toMatchObject({ differences: [{ key: key(1), position: merge(table, [1, 1]).position }] })
    expect(did(await sink.foresee([removed], forever))).toEqual(['applied'])
    expect(await rows(table)).toEqual(['1 v1', '2 v2'])
    await sink.apply([removed], forever)
    expect(await compared()).toEqual({ differences: [], met: [] })
    expect(did(await sink.foresee([merge(table, [1, 2]), merge(table, [1, 4])], forever))).toEqual(['stale', 'applied'])
    const { items } = await sink.items({ table: table.name, after: null, itemsMax: 9 }, forever)
    expect(items.map((item) => item.key)).toEqual([key(2)])
    const [again] = await sink.compare([merge(table, [1, 1]).write], { isSure: true, signal: forever })
    expect(again).toMatchObject({ differences: [{ fields: null }], met: [] })
  })
})
