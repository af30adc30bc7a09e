// Rows sent as lines of a file stand as they would have been inserted by a statement, and what the server does not take as it
// is comes to the same end.

import { describe, expect, test } from 'vitest'
import { BY_RUN, KEPT_COLUMNS } from '../../../src/core/imported-row.ts'
import { position } from '../../../src/core/position.ts'
import type { Field } from '../../../src/core/value.ts'
import { CREATE } from '../../../src/sink/mysql/bookkeeping.ts'
import { IMPORT_TABLES } from '../../../src/sink/mysql/import/import-tables.ts'
import { putCall } from '../../../src/sink/mysql/import/put-call.ts'
import { KnownRuns } from '../../../src/sink/mysql/import/runs-table.ts'
import type { Session } from '../../../src/sink/mysql/session.ts'
import { TargetTables } from '../../../src/sink/mysql/target-tables.ts'
import { type Server, Transactions } from '../../../src/sink/mysql/transactions.ts'
import type { Outcome, PlacedWrite } from '../../../src/sink/sink.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import type { SharedDatabase } from '../../support/shared-server.ts'
import { SinkDatabase, type TableSpec } from '../../support/sink-database.ts'
import { forever, placed } from '../../support/sink-table.ts'

/** Says of the server whether it takes files, whatever it does. */
class Told extends Transactions {
  readonly #takesFiles: boolean | null
  loads = 0

  constructor(url: string, takesFiles: boolean | null) {
    super(url)
    this.#takesFiles = takesFiles
  }

  override async server(session: Session): Promise<Server> {
    const server = await super.server(session)
    return { ...server, takesFiles: this.#takesFiles ?? server.takesFiles }
  }

  override run: Transactions['run'] = (signal, work) =>
    super.run(signal, (session, isLast) => {
      const load = session.load.bind(session)
      session.load = (...given) => {
        this.loads++
        return load(...given)
      }
      return work(session, isLast)
    })
}

class Place implements AsyncDisposable {
  readonly table: SinkDatabase
  readonly transactions: Told
  readonly #targets: TargetTables
  readonly #owns: readonly string[]
  #offset = 0

  private constructor(table: SinkDatabase, { owns }: TableSpec, takesFiles: boolean | null) {
    this.table = table
    this.#owns = owns
    this.transactions = new Told(table.database.adminUrl, takesFiles)
    this.#targets = new TargetTables(table.targets, this.transactions.database)
  }

  static async open(server: SharedDatabase, spec: TableSpec, takesFiles: boolean | null = null): Promise<Place> {
    const table = await SinkDatabase.open(server, { ...spec, columns: `${spec.columns}, ${KEPT_COLUMNS}` })
    for (const statement of [...CREATE, ...IMPORT_TABLES.up]) await table.query(statement)
    return new Place(table, spec, takesFiles)
  }

  /** Rows by the values of their key and of what is owned, taken for new. */
  async put(rows: readonly (readonly Field[])[]): Promise<readonly Outcome[]> {
    const writes = rows.map(([key, ...values]): PlacedWrite => {
      const fields = Object.fromEntries(this.#owns.map((name, at) => [name, values[at] ?? null]))
      const offset = ++this.#offset
      const at = position(BY_RUN, [{ value: offset, digits: 12 }])
      const write = this.table.mergeOf([String(key)], fields)
      return { ...placed(write, { offset, lane: String(key) }), position: at, broughtBy: 'a-run' }
    })
    const known = new KnownRuns()
    const shared = { transactions: this.transactions, targets: this.#targets, known, signal: forever }
    const outcomes = await putCall({ ...shared, fresh: new Set([this.table.name]) }, writes)
    const names = new RegExp(`${this.table.name}|${this.transactions.database}`, 'gu')
    return JSON.parse(JSON.stringify(outcomes).replace(names, 'name'))
  }

  rows(): Promise<readonly object[]> {
    return this.table.query(`SELECT * FROM ${this.table.name} ORDER BY id`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transactions.close()
    await this.table[Symbol.asyncDispose]()
  }
}

const NASTY = [
  'plain',
  '',
  '\\N',
  'N',
  'NULL',
  'a\tb',
  'a\nb',
  'a\r\nb\r',
  'a\\',
  '\\t\\n\\0',
  'it\'s "quoted", `so`',
  '\0\u001a\b',
  'Ünï🍜',
  ' spaces ',
  '%_;--',
] as const

const OWNED = ['t', 'c', 'l', 'e', 's', 'i', 'u', 'd', 'f', 'day', 'at', 'stamp', 'clock', 'j', 'b', 'raw'] as const
const EVERYTHING: TableSpec = {
  columns: `id varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY, t text CHARACTER SET utf8mb4, c char(30) CHARACTER SET utf8mb4,
    l varchar(60) CHARACTER SET latin1, e enum('one', 'it''s', '1'), s set('a', 'b'), i bigint, u bigint unsigned, d decimal(20, 4),
    f double, day date, at datetime(6), stamp timestamp(3) NULL, clock time(3), j json, b varbinary(80), raw blob`,
  key: ['id'],
  owns: OWNED,
}

function everything(id: string, text: string): readonly Field[] {
  const latin = Buffer.from(text, 'latin1').toString('latin1') === text ? text : 'ÿ'
  const bytes = Buffer.from([0, 9, 10, 92, 255, 128, 39, ...Buffer.from(text)])
  const numbers = [-(2n ** 63n), 2n ** 64n - 1n, '-123456789.5000', 1.5e-7]
  const times = ['2026-01-31', '0000-00-00 00:00:00.000001', '2026-01-31T12:00:00.123Z', '-838:59:59.000']
  return [id, text, text, latin, "it's", 'a,b', ...numbers, ...times, { text, list: [1, null] }, bytes, bytes]
}

test.each(FLAVOURS)('whatever the values, a line says the same as a statement, on %s', async (_flavour, shared) => {
  await using files = await Place.open(await shared(), EVERYTHING)
  await using statements = await Place.open(await shared(), EVERYTHING, false)
  const nothing = (at: number) => [`nothing ${at}`, ...OWNED.map(() => null)]
  const calls = [
    NASTY.map((text, at) => everything(`${at}${text}`, text)),
    [nothing(1), nothing(2), everything('last', 'x')],
  ]
  for (const rows of calls) {
    expect(await files.put(rows)).toEqual(rows.map(() => ({ did: 'applied', change: 'inserted' })))
    expect(await statements.put(rows)).toEqual(rows.map(() => ({ did: 'applied', change: 'inserted' })))
  }
  expect(await files.rows()).toHaveLength(NASTY.length + 3)
  expect(await files.rows()).toEqual(await statements.rows())
  expect([files.transactions.loads, statements.transactions.loads]).toEqual([2, 0])
})

/** By what the server would bend a value to fit, or pass over a row. */
const REFUSED: readonly (readonly [what: string, column: string, taken: Field, refused: Field])[] = [
  ['a character that the column has none of', 'x varchar(9) CHARACTER SET latin1', 'a', '→'],
  ['a text that is too long', 'x varchar(3)', 'abc', 'abcd'],
  ['a label that there is not', "x enum('a', 'b')", 'a', 'c'],
  ['a number out of range', 'x tinyint', 127, 128],
  ['none where one is wanted', 'x int NOT NULL', 1, null],
  ['a day that there is not', 'x date', '2026-01-31', '2026-02-31'],
  ['JSON that is none', 'x json', '[1]', '[1'],
  ['a unique value that is taken', 'x int UNIQUE', 1, 1],
  ['a row that a check forbids', 'x int CHECK (x < 7)', 6, 7],
]

function oneColumn(columns: string): TableSpec {
  return { columns, key: ['id'], owns: ['x'] }
}

describe.each(FLAVOURS)('on %s', (_flavour, shared) => {
  test.each(REFUSED)('%s costs its row, and no other', async (_what, column, taken, refused) => {
    const spec = oneColumn(`id int PRIMARY KEY, ${column}`)
    await using files = await Place.open(await shared(), spec)
    await using statements = await Place.open(await shared(), spec, false)
    const rows = [
      [1, taken],
      [2, refused],
    ]
    const outcomes = await files.put(rows)
    expect(outcomes.map(({ did }) => did)).toEqual(['applied', 'rejected'])
    expect(outcomes).toEqual(await statements.put(rows))
    expect(await files.rows()).toEqual(await statements.rows())
    expect(files.transactions.loads).toBeGreaterThan(0)
  })

  test('a column that has to be given and is not costs the rows, as it does for a statement', async () => {
    const spec = oneColumn('id int PRIMARY KEY, x int, theirs int NOT NULL')
    await using files = await Place.open(await shared(), spec)
    await using statements = await Place.open(await shared(), spec, false)
    const outcomes = await files.put([[1, 1]])
    expect(outcomes.map(({ did }) => did)).toEqual(['rejected'])
    expect(outcomes).toEqual(await statements.put([[1, 1]]))
    expect(await files.rows()).toEqual([])
  })

  test('bits and years, whose texts are no numbers, come by a statement', async () => {
    const spec = { ...oneColumn('id int PRIMARY KEY, x bit(9), y year'), owns: ['x', 'y'] }
    await using files = await Place.open(await shared(), spec)
    expect(await files.put([[1, 257, 0]])).toEqual([{ did: 'applied', change: 'inserted' }])
    expect(files.transactions.loads).toBe(0)
    expect(await files.table.query(`SELECT x + 0 AS x, y FROM ${files.table.name}`)).toEqual([{ x: 257, y: 0 }])
  })

  test('a server that takes no files after all gets a statement', async () => {
    const spec = oneColumn('id int PRIMARY KEY, x int')
    await using place = await Place.open(await shared(), spec, true)
    await place.table.query('SET GLOBAL local_infile = OFF')
    try {
      expect(await place.put([[1, 1]])).toEqual([{ did: 'applied', change: 'inserted' }])
    } finally {
      await place.table.query('SET GLOBAL local_infile = ON')
    }
    expect(place.transactions.loads).toBe(1)
    expect(await place.rows()).toHaveLength(1)
  })
})
