import { describe, expect, test } from 'vitest'
import type { Value } from '../../../src/core/value.ts'
import { type MysqlSource, openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import type { MissingRows } from '../../../src/source/source.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { Captured } from './captured.ts'
import { KEY_CASES, type KeyCase } from './key-cases.ts'

const { signal } = new AbortController()

describe.each(FLAVOURS)('missing rows of a table in %s', (_flavour, shared) => {
  const database = async (): Promise<FreshDatabase> => freshDatabase(await shared())

  const open = (at: FreshDatabase): MysqlSource =>
    openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200, name: 'mysql' })

  const missing = (source: MysqlSource, keys: readonly (readonly Value[])[]): Promise<MissingRows> =>
    source.missing({ table: 't', keys, run: 'menu/1' }, signal)

  test.each<KeyCase>([
    ...KEY_CASES,
    ['several columns', "id int, b enum('z','y'), c varchar(5)", ["1, 'z', 'p'", "1, 'z', 'q'", "1, 'y', 'p'"]],
  ])('are those that were deleted, with the key as their deletes have it: %s', async (_name, columns, values) => {
    await using at = await database()
    const key = columns.includes('c varchar') ? 'id, b, c' : 'id'
    await at.query(`CREATE TABLE t (${columns}, n int, PRIMARY KEY (${key}))`)
    await using source = open(at)
    await using captured = await new Captured(source, null).begun()
    await at.query(`INSERT INTO t VALUES ${values.map((value, n) => `(${value}, ${n})`).join()}`)
    await captured.count(values.length)
    const keys = captured.events.map((event) => Object.values(event.key))
    expect((await missing(source, keys)).events).toEqual([])
    await at.query('DELETE FROM t WHERE n % 2 = 0 ORDER BY n')
    const gone = Math.ceil(values.length / 2)
    await captured.count(values.length + gone)
    const deletes = captured.events.slice(values.length)
    const { events } = await missing(source, keys)
    const told = (all: typeof events) =>
      all.map(({ op, parts }) => [op, Buffer.from(parts.keyImage.bytes).toString('hex')].join(' ')).toSorted()
    expect(told(events)).toEqual(told(deletes))
    const ofKey = (row: (typeof events)[number]) => key.split(', ').map((name) => row.before?.[name])
    expect(events.map(ofKey)).toEqual(events.map((event) => Object.values(event.key)))
    expect(new Set(events.map(({ before, parts }) => [before?.n, parts.run].join()))).toEqual(new Set([',menu/1']))
    expect(events.every(({ after }) => after === null)).toBe(true)
  })

  test('are older than a change that comes after the look, and newer than the delete it shows', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL)')
    await using source = open(at)
    await using captured = await new Captured(source, null).begun()
    await at.query('INSERT INTO t VALUES (1, 1)')
    await at.query('DELETE FROM t')
    const [event] = (await missing(source, [[1]])).events
    await at.query('INSERT INTO t VALUES (1, 2)')
    await captured.count(3)
    const [, deleted, again] = captured.events.map(({ position }) => position)
    expect(deleted! < event!.position && event!.position < again!).toBe(true)
    expect((await missing(source, [[1]])).events).toEqual([])
  })

  test('are told among any number of keys, in their order', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await at.query(`INSERT INTO t VALUES ${Array.from({ length: 600 }, (_, id) => `(${id * 2})`).join()}`)
    await using source = open(at)
    const keys = Array.from({ length: 1_200 }, (_, id) => [String(id)])
    const odd = keys.map(([id]) => Number(id)).filter((id) => id % 2 === 1)
    expect((await missing(source, keys)).events.map(({ key }) => key.id)).toEqual(odd)
    expect((await missing(source, [])).events).toEqual([])
  })

  test('are never what no row can be; a key of other columns is refused', async () => {
    await using at = await database()
    await at.query("CREATE TABLE t (id int, kind enum('a','b'), PRIMARY KEY (id, kind))")
    await using source = open(at)
    const keys = [
      ['x', 'a'],
      [1, 'c'],
      [1, null],
      ['1 OR 1=1', 'a'],
      [1, 'a'],
    ]
    expect((await missing(source, keys)).events.map(({ key }) => key)).toEqual([{ id: 1, kind: 'a' }])
    await expect(missing(source, [[1]])).rejects.toMatchObject({ code: 'SCOPE_INVALID' })
    await expect(source.missing({ table: 'u', keys: [[1]], run: '' }, signal)).rejects.toMatchObject({
      code: 'MYSQL_UNFIT',
    })
  })
})
