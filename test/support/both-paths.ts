// The same rows by both ways that lead to a row image: out of the binary log, and out of a SELECT. Whatever a test then
// says of them is said of both, because they are held to be the same bytes first.

import mysql from 'mysql2/promise'
import { expect } from 'vitest'
import { encodeRow } from '../../src/core/image.ts'
import type { TableShape } from '../../src/core/table.ts'
import type { Row } from '../../src/core/value.ts'
import type { Query } from '../../src/mysql/read-columns.ts'
import { type RawValue, RowSelect } from '../../src/source/mysql/select.ts'
import { type CapturedRow, captureRows } from './binlog-capture.ts'
import type { FreshDatabase } from './fresh-database.ts'
import type { SharedDatabase } from './shared-server.ts'

export interface BothPaths {
  readonly shape: TableShape
  /** As inserted, in the order of the binary log. */
  readonly rows: readonly Row[]
  readonly faults: readonly (string | null)[]
}

/** Of the tables that `insert` fills; they were empty, and each row has a key. */
export async function bothPaths(
  server: SharedDatabase,
  database: FreshDatabase,
  insert: () => Promise<unknown>,
): Promise<ReadonlyMap<string, BothPaths>> {
  const captured = Map.groupBy(await captureRows(server, database, insert), ({ layout }) => layout.table)
  const found = new Map<string, BothPaths>()
  for (const [table, rows] of captured) {
    await expectSame(database, table, rows)
    const images = rows.map((row) => imageOf(row).row)
    found.set(table, { shape: rows[0]!.layout.shape, rows: images, faults: rows.map(({ fault }) => fault) })
  }
  return found
}

async function expectSame(database: FreshDatabase, table: string, captured: readonly CapturedRow[]): Promise<void> {
  const { select, rows } = await selectRows(database, table)
  expect(select.shape).toEqual(captured[0]?.layout.shape)
  expect(rows.length).toBe(captured.length)
  const byKey = new Map(rows.map((row) => [hex(row.keyImage.bytes), row]))
  for (const row of captured) {
    const other = byKey.get(hex(row.keyImage.bytes))
    if (other === undefined)
      throw new Error(`${table}: no SELECT gives key ${JSON.stringify(row.keyImage.row, bigintText)}`)
    const [one, two] = [imageOf(row), other.image]
    // Values are easier to read in a failure than bytes are.
    if (hex(one.bytes) !== hex(two.bytes)) expect({ table, ...two.row }).toEqual({ table, ...one.row })
    expect(hex(two.bytes)).toBe(hex(one.bytes))
    expect(hex(encodeRow(one.shape, one.row))).toBe(hex(one.bytes))
    expect(other.fault).toBe(row.fault)
  }
}

export async function selectRows(database: FreshDatabase, table: string) {
  // The server's own zone stays, which is not UTC.
  const connection = await mysql.createConnection({ uri: database.url, charset: 'utf8mb4' })
  try {
    const query: Query = async (sql) => {
      const [rows] = await connection.query({ sql, typeCast: (field) => field.string() })
      return rows as unknown as Awaited<ReturnType<Query>>
    }
    const select = await RowSelect.open(query, database.name, table)
    // Lookups ask by UNION, which must not change a type.
    const sql = `(SELECT ${select.list} FROM \`${table}\`) UNION ALL (SELECT ${select.list} FROM \`${table}\` WHERE FALSE)`
    const [rows] = await connection.query({ sql, typeCast: (field) => field.buffer(), rowsAsArray: true })
    return { select, rows: (rows as unknown as RawValue[][]).map((values) => select.row(values)) }
  } finally {
    await connection.end()
  }
}

function imageOf({ afterImage }: CapturedRow) {
  if (afterImage === null) throw new Error('not an insert')
  return afterImage
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
