// Tables of every build: keys of all kinds, many columns, columns nobody sees or writes, and what cannot be read.

import { describe, expect, test } from 'vitest'
import { TableLayout } from '../../../src/source/mysql/layout.ts'
import { decodeRows } from '../../../src/source/mysql/rows.ts'
import { captureEvents, captureRows, type RawEvent } from '../../support/binlog-capture.ts'
import { bothPaths } from '../../support/both-paths.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { freshDatabase } from '../../support/fresh-database.ts'

const UPDATES: readonly number[] = [24, 31]

describe.each(FLAVOURS)('%s', (flavour, open) => {
  const isMariadb = flavour === 'mariadb'

  test('the key is the primary key alone, in its own order', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query(`CREATE TABLE keyed (a INT, b VARCHAR(20) CHARACTER SET latin1, note TEXT, c DATETIME(3),
      PRIMARY KEY (c, a, b))`)
    const rows = await captureRows(server, database, async () => {
      await database.query("INSERT INTO keyed VALUES (1, 'é', 'note', '2024-01-01 00:00:00.5')")
      await database.query('UPDATE keyed SET a = 2')
      await database.query('DELETE FROM keyed')
    })
    const key = { c: '2024-01-01 00:00:00.500', a: 1, b: 'é' }
    expect(rows.map(({ keyImage }) => keyImage.row)).toEqual([key, { ...key, a: 2 }, { ...key, a: 2 }])
    expect(Object.keys(rows[0]!.keyImage.row)).toEqual(['c', 'a', 'b'])
    expect(rows[1]!.beforeImage?.row).toMatchObject({ a: 1 })
    expect(rows[1]!.afterImage?.row).toMatchObject({ a: 2 })
    expect(rows[0]!.layout.shape.key).toEqual(['c', 'a', 'b'])
  })

  test('keys are the same by SELECT, with prefixes too', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE plain (n INT, b INT, a INT, PRIMARY KEY (a, b))')
    await database.query('CREATE TABLE prefixed (n INT, t TEXT, c CHAR(9), PRIMARY KEY (c(3), t(5)))')
    const found = await bothPaths(server, database, async () => {
      await database.query('INSERT INTO plain VALUES (1, 2, 3), (NULL, 3, 3)')
      await database.query("INSERT INTO prefixed VALUES (1, 'a long text', 'char'), (NULL, '', '')")
    })
    expect(found.get('plain')!.shape.key).toEqual(['a', 'b'])
    expect(found.get('prefixed')!.shape.key).toEqual(['c', 't'])
    expect(found.get('prefixed')!.rows).toEqual([
      { n: 1, t: 'a long text', c: 'char' },
      { n: null, t: '', c: '' },
    ])
  })

  test('without a primary key the whole row is the key', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE loose (a INT NOT NULL, b INT, INDEX (a), UNIQUE (b))')
    const rows = await captureRows(server, database, () => database.query('INSERT INTO loose VALUES (1, NULL)'))
    expect(rows[0]!.layout.shape.key).toEqual([])
    expect(rows[0]!.keyImage.row).toEqual({ a: 1, b: null })
    expect(rows[0]!.keyImage.shape).toBe(rows[0]!.layout.shape)
  })

  test('what the server takes for the primary key is the key', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    const columns = 'a INT NOT NULL, b INT NOT NULL, c INT, t VARCHAR(50) NOT NULL, x TEXT NOT NULL'
    const tables = {
      first: { keys: 'UNIQUE (c), UNIQUE (b), UNIQUE (a)', key: ['b'] },
      pair: { keys: 'UNIQUE (a, c), UNIQUE (t(5)), UNIQUE (b, t)', key: ['b', 't'] },
      named: { keys: 'INDEX aaa (a), UNIQUE zzz (b), UNIQUE aab (a)', key: ['b'] },
      text: { keys: `UNIQUE (x${isMariadb ? '' : '(9)'}), UNIQUE (t)`, key: ['t'] },
    }
    const found = await bothPaths(server, database, async () => {
      for (const [name, { keys }] of Object.entries(tables)) {
        await database.query(`CREATE TABLE \`${name}\` (${columns}, ${keys})`)
        await database.query(`INSERT INTO \`${name}\` VALUES (1, 2, NULL, 't', 'x')`)
      }
    })
    for (const [name, { key }] of Object.entries(tables)) {
      expect({ name, key: found.get(name)!.shape.key }).toEqual({ name, key })
    }
  })

  test.each([7, 8, 9, 250, 251, 300, 1000])('%i columns, every third of them null', async (count) => {
    const server = await open()
    await using database = await freshDatabase(server)
    const names = Array.from({ length: count }, (_, index) => `c${index}`)
    const columns = names.map((name, index) => `${name} ${index % 2 === 0 ? 'INT' : 'VARCHAR(8)'}`)
    await database.query(`CREATE TABLE wide (${columns.join(',')}, PRIMARY KEY (c0)) ENGINE = MyISAM`)
    const values = names.map((_, index) => (index % 3 === 2 ? null : index % 2 === 0 ? index : `v${index}`))
    const found = await bothPaths(server, database, () =>
      database.query(`INSERT INTO wide VALUES (${names.map(() => '?').join(',')})`, values),
    )
    expect(Object.values(found.get('wide')!.rows[0]!)).toEqual(values)
  })

  test('each column has its own charset, labels and sign, whatever stands between them', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query(`CREATE TABLE mixed (id INT PRIMARY KEY, g POINT, a VARCHAR(9) CHARACTER SET latin1, y YEAR,
      u INT UNSIGNED, e ENUM('é') CHARACTER SET latin1, b BLOB, bi BIT(9), t TEXT CHARACTER SET utf8mb4, d DATE,
      s SET('я') CHARACTER SET cp1251, f FLOAT, l LINESTRING, r CHAR(9) CHARACTER SET cp1251, m DECIMAL(5,2) UNSIGNED,
      e2 ENUM('日', 'é') CHARACTER SET ucs2, n BIGINT, vb VARBINARY(9), k TEXT CHARACTER SET koi8r)`)
    const found = await bothPaths(server, database, () =>
      database.query(`INSERT INTO mixed VALUES (1, NULL, 'é', 2024, 4294967295, 'é', X'E9', 3, 'é日', '2024-01-01', 'я',
        1.5, NULL, 'я', 1.25, 'é', -1, X'E9', 'я')`),
    )
    const { rows, shape } = found.get('mixed')!
    expect(rows[0]).toMatchObject({ a: 'é', y: 2024, u: 4294967295, e: 'é', bi: 3, t: 'é日', s: 'я', f: 1.5, r: 'я' })
    expect(rows[0]).toMatchObject({ m: '1.25', e2: 'é', n: -1, vb: Uint8Array.of(0xe9), k: 'я' })
    expect(shape.columns.find(({ name }) => name === 'l')?.type).toBe('linestring')
  })

  test('a column in a format of long ago is refused with the statement that rebuilds the table', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE old (id INT PRIMARY KEY)')
    const events = await captureEvents(server, database, () => database.query('INSERT INTO old VALUES (1)'))
    const map = Buffer.from(events[0]!.body)
    const typesAt = map.indexOf(Buffer.from('old\0')) + 'old\0'.length + 1
    expect(map[typesAt]).toBe(3)
    map[typesAt] = 12
    expect(() => TableLayout.parse(map, { isMariadb })).toThrow(
      expect.objectContaining({
        code: 'BINLOG_UNREADABLE',
        hint: expect.stringContaining(`ALTER TABLE ${database.name}.old FORCE`),
      }),
    )
  })

  test('generated and invisible columns are there by both ways, before and after', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query(`CREATE TABLE made (id INT PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL, s INT AS (a + 2) STORED,
      t VARCHAR(20) AS (CONCAT('é', a)) VIRTUAL, hidden INT INVISIBLE DEFAULT 7)`)
    const found = await bothPaths(server, database, () =>
      database.query('INSERT INTO made (id, a) VALUES (1, 5), (2, NULL)'),
    )
    const row = { id: 1, a: 5, v: 6, s: 7, t: 'é5', hidden: 7 }
    expect(found.get('made')!.rows).toEqual([row, { id: 2, a: null, v: null, s: null, t: null, hidden: 7 }])
    const changed = await captureRows(server, database, async () => {
      await database.query('UPDATE made SET a = 6 WHERE id = 1')
      await database.query('DELETE FROM made WHERE id = 1')
    })
    const after = { ...row, a: 6, v: 7, s: 8, t: 'é6' }
    expect(changed.map(({ beforeImage, afterImage }) => [beforeImage?.row, afterImage?.row])).toEqual([
      [row, after],
      [after, undefined],
    ])
  })

  test('columns that the server makes for indexes are no part of a row', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    const index = isMariadb ? 'UNIQUE (t)' : 'INDEX ((CAST(t AS CHAR(9)))), INDEX ((a * 2))'
    await database.query(`CREATE TABLE indexed (id INT PRIMARY KEY, t TEXT, a INT, ${index})`)
    const found = await bothPaths(server, database, () => database.query("INSERT INTO indexed VALUES (1, 'text', 2)"))
    expect(found.get('indexed')!.rows).toEqual([{ id: 1, t: 'text', a: 2 }])
  })

  test('names are those of the table, whatever is in them', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    const name = "Größe `in` 'm²'\\"
    await database.query(`CREATE TABLE named (id INT PRIMARY KEY, \`${name.replaceAll('`', '``')}\` INT)`)
    const found = await bothPaths(server, database, () => database.query('INSERT INTO named VALUES (1, 2)'))
    expect(found.get('named')!.rows).toEqual([{ id: 1, [name]: 2 }])
  })

  test('a table altered between two rows has a new layout for the second', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE altered (id INT PRIMARY KEY, a INT)')
    const rows = await captureRows(server, database, async () => {
      await database.query('INSERT INTO altered VALUES (1, 2)')
      await database.query('ALTER TABLE altered ADD b TEXT FIRST, MODIFY a DECIMAL(5,2)')
      await database.query("INSERT INTO altered VALUES ('b', 2, 3)")
    })
    expect(rows.map(({ afterImage }) => afterImage?.row)).toEqual([
      { id: 1, a: 2 },
      { b: 'b', id: 2, a: '3.00' },
    ])
  })

  test('a log that does not name the columns is refused with the setting that mends it', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE meant (id INT PRIMARY KEY)')
    const events = await captureEvents(server, database, () => database.query('INSERT INTO meant VALUES (1)'))
    const map = events[0]!.body
    const withoutNames = map.subarray(0, map.indexOf(Buffer.from([4, 3, 2, ...Buffer.from('id')])))
    expect(() => TableLayout.parse(withoutNames, { isMariadb })).toThrow(
      expect.objectContaining({
        code: 'BINLOG_UNREADABLE',
        hint: expect.stringContaining('SET GLOBAL binlog_row_metadata = FULL'),
      }),
    )
  })

  test('rows with some of the columns are refused with the setting that mends it', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE partly (id INT PRIMARY KEY, a INT, b INT)')
    const events = await captureEvents(server, database, async () => {
      await database.query("SET SESSION binlog_row_image = 'MINIMAL'")
      await database.query('INSERT INTO partly VALUES (1, 2, 3)')
      await database.query('UPDATE partly SET a = 3')
    })
    const update = events.findLast(({ type }) => UPDATES.includes(type))!
    expect(() => decode(events, update, isMariadb)).toThrow(
      expect.objectContaining({
        code: 'BINLOG_UNREADABLE',
        message: `A change of ${database.name}.partly holds only some of the columns.`,
        hint: expect.stringContaining('SET GLOBAL binlog_row_image = FULL'),
      }),
    )
  })

  test('an event that ends too early is refused, at whatever byte it ends', async () => {
    const server = await open()
    await using database = await freshDatabase(server)
    await database.query('CREATE TABLE short (id INT PRIMARY KEY, t TEXT, d DECIMAL(20,5), e DATETIME(6))')
    const events = await captureEvents(server, database, () =>
      database.query("INSERT INTO short VALUES (1, 'a text', 1.5, '2024-01-01')"),
    )
    const insert = events.at(-1)!
    const rowAt = insert.body.length - 1 - 4 - 2 - 6 - 10 - 8
    for (let end = rowAt + 1; end < insert.body.length; end++) {
      const short = { ...insert, body: insert.body.subarray(0, end) }
      expect(() => decode(events, short, isMariadb)).toThrow(expect.objectContaining({ code: 'BINLOG_UNREADABLE' }))
    }
  })
})

function decode(events: readonly RawEvent[], rows: RawEvent, isMariadb: boolean): void {
  const layout = TableLayout.parse(events.find(({ type }) => type === 19)!.body, { isMariadb })
  decodeRows(layout, rows, () => undefined)
}
