// What is asked of imported tables, on both servers: page by page, and of rows that imports have brought alone.

import { describe, expect, test } from 'vitest'
import { KEPT_COLUMNS } from '../../../src/core/imported-row.ts'
import { position } from '../../../src/core/position.ts'
import type { Write } from '../../../src/core/write.ts'
import type { ImportChecks, LookedPage, RowQuestion } from '../../../src/sink/import-checks.ts'
import { openMysqlChecks } from '../../../src/sink/mysql/import/mysql-checks.ts'
import { CREATE_SEEN } from '../../../src/sink/mysql/import/seen-table.ts'
import { CREATE_UNDO } from '../../../src/sink/mysql/import/undo-table.ts'
import { FLAVOURS } from '../../support/flavours.ts'
import { type FreshDatabase, freshDatabase } from '../../support/fresh-database.ts'
import type { SharedDatabase } from '../../support/shared-server.ts'

const { signal } = new AbortController()
const TARGETS = {
  hall: { key: ['id'], owns: ['name'] },
  seat: { key: ['row_name', 'number'], owns: ['hall', 'price'] },
} as const
const HALL: RowQuestion = { is: 'reference', field: 'hall', parent: 'hall' }
const RUN = 'the-run'
const at = (place: number) => position(1, [{ value: place, digits: 12 }])

class Hall implements AsyncDisposable {
  readonly database: FreshDatabase
  readonly checks: ImportChecks

  private constructor(database: FreshDatabase) {
    this.database = database
    this.checks = openMysqlChecks({ url: database.adminUrl, targets: TARGETS })
  }

  static async open(server: SharedDatabase): Promise<Hall> {
    const database = await freshDatabase(server)
    const made = [
      `CREATE TABLE hall (id VARCHAR(20) PRIMARY KEY, name VARCHAR(20), ${KEPT_COLUMNS})`,
      `CREATE TABLE seat (row_name VARCHAR(5), number INT, hall VARCHAR(20), price DECIMAL(8,2), name VARCHAR(5), ${KEPT_COLUMNS},
        PRIMARY KEY (row_name, number))`,
      ...[CREATE_SEEN, CREATE_UNDO],
      `INSERT INTO hall VALUES ('h1', 'Great', '${at(1)}', '${RUN}', '${RUN}', NULL)`,
    ]
    for (const statement of made) await database.query(statement)
    return new Hall(database)
  }

  seat(row: string, number: number, { hall = 'h1' as string | null, price = 5, by = RUN as string | null } = {}) {
    const kept = by === null ? [null, null, null] : [at(number), by, by]
    return this.database.query('INSERT INTO seat VALUES (?, ?, ?, ?, NULL, ?, ?, ?, NULL)', [
      ...[row, number, hall, price],
      ...kept,
    ])
  }

  /** All pages of so many rows. */
  async look(questions: readonly RowQuestion[], rowsMax: number): Promise<readonly LookedPage[]> {
    const pages: LookedPage[] = []
    for (let after: string | null | undefined; after !== null; after = pages.at(-1)?.next ?? null) {
      pages.push(await this.checks.look({ run: RUN, table: 'seat', questions, after: after ?? null, rowsMax }, signal))
    }
    return pages
  }

  compare(writes: readonly Write[], place = 1) {
    const placed = writes.map((write) => ({ write, position: at(place) }))
    return this.checks.compare({ run: RUN, writes: placed }, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.checks.close()
    await this.database[Symbol.asyncDispose]()
  }
}

describe.each(FLAVOURS)('%s', (_, server) => {
  test('every row is looked at once, whatever the size of pages', async () => {
    await using hall = await Hall.open(await server())
    for (const row of ['A', 'a1', 'b', "o'"]) {
      for (const number of [1, 2, 3])
        await hall.seat(row, number, { price: number, hall: number === 3 ? 'gone' : 'h1' })
    }
    await hall.seat('c', 1, { by: 'another', hall: null })
    await hall.seat('c', 2, { by: null, hall: 'gone', price: 3 })
    const rule: RowQuestion = { is: 'rule', never: 'price > 2 OR name IS NOT NULL' }
    for (const rowsMax of [1, 2, 5, 14, 100]) {
      const pages = await hall.look([HALL, rule], rowsMax)
      const sum = (of: (page: LookedPage) => number | undefined) =>
        pages.reduce((total, page) => total + (of(page) ?? 0), 0)
      const sums = [sum(({ rows }) => rows), sum(({ made }) => made)]
      expect([rowsMax, ...sums, sum(({ amiss }) => amiss[0]), sum(({ amiss }) => amiss[1])]).toEqual([
        ...[rowsMax, 13, 12],
        ...[4, 5],
      ])
    }
  })

  test('a rule that the server does not understand is a fault of the connector, and an empty table has nothing amiss', async () => {
    await using hall = await Hall.open(await server())
    expect(await hall.look([HALL], 10)).toEqual([{ rows: 0, made: 0, amiss: [0], next: null }])
    const fault = expect.objectContaining({ code: 'CONNECTOR_INVALID' })
    await expect(hall.look([{ is: 'rule', never: 'price >' }], 10)).rejects.toEqual(fault)
    const missing = expect.objectContaining({ fate: 'stop' })
    await expect(hall.look([{ is: 'rule', never: 'no_such = 1' }], 10)).rejects.toEqual(missing)
  })

  test('a row is the same, newer, or another one; what the run has deleted since is as it should be', async () => {
    await using hall = await Hall.open(await server())
    await hall.seat('A', 2, { price: 4.5 })
    const merge = (row: string, fields: Record<string, string>): Write => {
      return { do: 'merge', table: 'seat', key: [row, '2'], fields }
    }
    expect(
      await hall.compare([merge('A', { price: '4.50', hall: 'h1' }), merge('A', { price: '4.51' }), merge('B', {})], 2),
    ).toEqual(['same', 'differing', 'differing'])
    expect(await hall.compare([merge('A', { price: '7' })], 1)).toEqual(['newer'])
    const gone: Write = { do: 'remove', table: 'seat', key: ['B', '2'], how: 'delete', fields: [], deletedAt: '' }
    expect(await hall.compare([gone, { ...gone, key: ['A', '2'] }], 2)).toEqual(['same', 'differing'])
    const undo = "INSERT INTO millrace_undo VALUES (?, 'seat', ?, ?, '{}')"
    await hall.database.query(undo, [RUN, JSON.stringify(['B', '2']), 'swept'])
    await hall.database.query(undo, ['another', JSON.stringify(['C', '2']), 'swept'])
    expect(await hall.compare([merge('B', {}), merge('C', {})], 2)).toEqual(['same', 'differing'])
  })

  test('how many rows a run has met is counted for it and its table alone', async () => {
    await using hall = await Hall.open(await server())
    const met = [RUN, 'seat', 'a', RUN, 'seat', 'b', RUN, 'hall', 'a', 'another', 'seat', 'c']
    await hall.database.query('INSERT INTO millrace_seen VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)', met)
    expect(await hall.checks.met({ run: RUN, table: 'seat' }, signal)).toBe(2)
  })
})
