import { describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../../src/core/event.ts'
import { epochOf } from '../../../src/core/position.ts'
import type { Row } from '../../../src/core/value.ts'
import { openMysqlSource } from '../../../src/source/mysql/mysql-source.ts'
import type { RowScope } from '../../../src/source/source.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import { Captured } from './captured.ts'
import { KEY_CASES } from './key-cases.ts'

const { signal } = new AbortController()

interface Walk {
  readonly events: readonly ChangeEvent[]
  readonly pages: number
}

describe.each(FLAVOURS)('pages of a table in %s', (_flavour, shared) => {
  const database = async (): Promise<FreshDatabase> => freshDatabase(await shared())

  async function walk(at: FreshDatabase, scope: Partial<RowScope>, rowsMax: number): Promise<Walk> {
    await using source = openMysqlSource({ url: at.url, tables: ['t'] })
    const events: ChangeEvent[] = []
    const whole: RowScope = { table: 't', from: null, to: null, filters: [], ...scope }
    const upTo = await source.last(whole, signal)
    if (upTo === null) return { events, pages: 0 }
    let pages = 0
    for (let after: string | null = null; ; pages++) {
      const page = await source.page({ scope: whole, after, upTo, rowsMax, run: 'menu/1' }, signal)
      events.push(...page.events)
      after = page.next
      if (after === null) return { events, pages: pages + 1 }
    }
  }

  const keys = ({ events }: Walk, column = 'id'): readonly Row[string][] => events.map(({ key }) => key[column] ?? null)

  test('hold each row once, in the order of the key, as the row images hold it', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (id int PRIMARY KEY, text varchar(20), price decimal(8,2), at datetime(3))')
    await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    const values = Array.from(
      { length: 25 },
      (_, index) => `(${index - 5}, 'text ${index}', ${index}.5, '2026-01-02 03:04:05.678')`,
    )
    await at.query(`INSERT INTO t VALUES ${values.join()}`)
    await captured.count(25)
    const found = await walk(at, {}, 10)
    expect(found.pages).toBe(3)
    expect(found.events.map(({ after }) => after)).toEqual(captured.events.map(({ after }) => after))
    expect(new Set(found.events.map(({ op, parts }) => `${op} ${parts.run}`))).toEqual(new Set(['read menu/1']))
  })

  test('carry a position that is newer than what they show, and older than what comes after', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (id int PRIMARY KEY, n int)')
    await using source = openMysqlSource({ url: at.url, tables: ['t'], heartbeatMs: 200 })
    await using captured = await new Captured(source, null).begun()
    await at.query('INSERT INTO t VALUES (1, 1)')
    const page = await source.page(
      { scope: { table: 't', from: null, to: null, filters: [] }, after: null, upTo: '["9"]', rowsMax: 5, run: 'm/1' },
      signal,
    )
    await at.query('UPDATE t SET n = 2')
    await captured.count(2)
    const [before, after] = captured.events.map(({ position }) => position)
    const [read] = page.events.map(({ position }) => position)
    expect(before! < read!).toBe(true)
    expect(read! < after!).toBe(true)
  })

  test('are of the epoch that whoever captures has begun before the walk', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await at.query('INSERT INTO t VALUES (1)')
    await using capturing = openMysqlSource({ url: at.url, tables: ['t'] })
    let { bookmark } = await capturing.restart(null)
    await using source = openMysqlSource({ url: at.url, tables: ['t'], bookmark: async () => bookmark })
    const scope: RowScope = { table: 't', from: null, to: null, filters: [] }
    const epoch = async () => {
      const upTo = await source.last(scope, signal)
      const page = await source.page({ scope, after: null, upTo, rowsMax: 5, run: 'm/1' }, signal)
      return epochOf(page.events[0]!.position)
    }
    expect(await epoch()).toBe(1)
    bookmark = (await capturing.restart(bookmark)).bookmark
    expect(await epoch()).toBe(2)
  })

  test.each(KEY_CASES)('go through keys of %s', async (_name, column, values) => {
    await using at = await database()
    await at.query(`CREATE TABLE t (${column} NOT NULL PRIMARY KEY, n int)`)
    await at.query(`INSERT INTO t VALUES ${values.map((value, n) => `(${value}, ${n})`).join()}`)
    const inOrder = (await at.query('SELECT n FROM t ORDER BY id')).map(({ n }) => n)
    for (const rowsMax of [1, 2]) {
      const found = await walk(at, {}, rowsMax)
      expect(found.events.map(({ after }) => after?.n)).toEqual(inOrder)
      const filtered = await walk(at, { filters: [{ column: 'n', is: '>=', value: 1 }] }, rowsMax)
      expect(filtered.events.map(({ after }) => after?.n)).toEqual(inOrder.filter((n) => n >= 1))
    }
  })

  test('go through keys of several columns', async () => {
    await using at = await database()
    await at.query("CREATE TABLE t (a int, b enum('z','y','x'), c varchar(5), n int, PRIMARY KEY (a, b, c))")
    const values = [1, 2, 3].flatMap((a) =>
      ["'z'", "'y'", "'x'"].flatMap((b) => ["'p'", "'q'"].map((c) => `(${a}, ${b}, ${c}, 0)`)),
    )
    await at.query(`INSERT INTO t VALUES ${values.join()}`)
    const inOrder = (await at.query('SELECT CONCAT(a, b, c) AS k FROM t ORDER BY a, b, c')).map(({ k }) => k)
    const text = ({ events }: Walk) => events.map(({ key }) => `${key.a}${key.b}${key.c}`)
    for (const rowsMax of [1, 4, 18, 50]) expect(text(await walk(at, {}, rowsMax))).toEqual(inOrder)
    const part = await walk(at, { from: [1, 'x', 'q'], to: [2, 'y', 'p'] }, 2)
    expect(text(part)).toEqual(['1xq', '2zp', '2zq', '2yp'])
  })

  test('keep to the bounds of the key, both ends included', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await at.query(`INSERT INTO t VALUES ${Array.from({ length: 20 }, (_, id) => `(${id})`).join()}`)
    expect(keys(await walk(at, { from: [5], to: [9] }, 2))).toEqual([5, 6, 7, 8, 9])
    expect(keys(await walk(at, { from: [18] }, 2))).toEqual([18, 19])
    expect(keys(await walk(at, { to: ['-1'] }, 2))).toEqual([])
    await expect(walk(at, { from: ['x'] }, 2)).rejects.toMatchObject({ code: 'SCOPE_INVALID' })
    await expect(walk(at, { from: [1, 2] }, 2)).rejects.toMatchObject({ code: 'SCOPE_INVALID' })
  })

  test('keep to a filter, of the row itself or of one it leads to, and look at no more rows than a page may', async () => {
    await using at = await database()
    await at.query('CREATE TABLE visit (id int PRIMARY KEY, venue int)')
    await at.query('CREATE TABLE t (id int PRIMARY KEY, visit int, changed datetime)')
    await at.query('INSERT INTO visit VALUES (1, 10), (2, 20), (3, 10)')
    const rows = Array.from({ length: 60 }, (_, id) => `(${id}, ${(id % 3) + 1}, '2026-01-01 00:00:${id}')`)
    await at.query(`INSERT INTO t VALUES ${rows.join()}`)
    const through = { table: 'visit', by: 'id', column: 'venue' }
    const ofVenue = await walk(at, { filters: [{ column: 'visit', is: '=', value: 20, through }] }, 7)
    expect(keys(ofVenue)).toEqual(Array.from({ length: 20 }, (_, index) => index * 3 + 1))
    expect(ofVenue.pages).toBe(9)
    const recent = await walk(at, { filters: [{ column: 'changed', is: '>=', value: '2026-01-01T00:00:57' }] }, 7)
    expect(keys(recent)).toEqual([57, 58, 59])
    const none = walk(at, { filters: [{ column: 'nothing', is: '=', value: 1 }] }, 7)
    await expect(none).rejects.toMatchObject({ code: 'CONNECTOR_COLUMN_MISSING' })
  })

  test('end where the table ended when the walk began', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (id int PRIMARY KEY)')
    await using source = openMysqlSource({ url: at.url, tables: ['t'] })
    const scope = { table: 't', from: null, to: null, filters: [] }
    expect(await source.last(scope, signal)).toBe(null)
    await at.query('INSERT INTO t VALUES (1), (2), (3)')
    const upTo = (await source.last(scope, signal)) ?? ''
    await at.query('INSERT INTO t VALUES (4)')
    const page = await source.page({ scope, after: null, upTo, rowsMax: 10, run: 'm/1' }, signal)
    expect([page.events.map(({ key }) => key.id), page.next]).toEqual([[1, 2, 3], null])
  })

  test('are not to be had of a table without a key', async () => {
    await using at = await database()
    await at.query('CREATE TABLE t (n int)')
    await expect(walk(at, {}, 5)).rejects.toMatchObject({ code: 'SCOPE_INVALID' })
  })
})
