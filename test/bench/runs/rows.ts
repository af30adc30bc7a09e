// The rows that contenders of runs read, and the items that are equal to them.

import { createTables } from '../../../src/sink/dynamodb/create-tables.ts'
import { openDynamodbSink } from '../../../src/sink/dynamodb/dynamodb-sink.ts'
import type { DatabaseServer } from '../../../src/stack/database-server.ts'
import { fieldsOf, KEYS, keyOf, OWNS, placeOf } from '../apply/items.ts'

export const DATABASE = 'app'
export const TABLE = 'comment'

const INSERT_ROWS = 10_000
const CHUNK = 1_000
const FOREVER = new AbortController().signal

export async function fillRows(server: DatabaseServer, rows: number): Promise<void> {
  const columns = OWNS.map((name) => {
    if (name === 'original_review_id') return `${name} INT NOT NULL PRIMARY KEY`
    return `${name} ${typeof fieldsOf(0)[name] === 'number' ? 'INT' : 'VARCHAR(300)'} NOT NULL`
  })
  await server.query(`DROP TABLE IF EXISTS ${TABLE}`, `CREATE TABLE ${TABLE} (${columns.join()})`)
  for (let made = 0; made < rows; made += INSERT_ROWS) {
    const values = Array.from({ length: Math.min(INSERT_ROWS, rows - made) }, (_, index) => {
      return `(${Object.values(fieldsOf(made + index)).map((value) => (typeof value === 'number' ? value : `'${value}'`))})`
    })
    await server.query(`INSERT INTO ${TABLE} VALUES ${values.join()}`)
  }
}

export async function makeTable(endpoint: string, table: string): Promise<void> {
  await createTables({ endpoint, targets: { [table]: { key: KEYS, owns: OWNS } } })
}

/** A table with an item for each row. */
export async function fillItems(endpoint: string, table: string, rows: number): Promise<void> {
  await makeTable(endpoint, table)
  const sink = await openDynamodbSink({ endpoint, targets: { [table]: { key: KEYS, owns: OWNS } } })
  for (let from = 0; from < rows; from += CHUNK) {
    const ids = Array.from({ length: Math.min(CHUNK, rows - from) }, (_, index) => from + index)
    await sink.apply(
      ids.map((id) => {
        return { ...placeOf(id), write: { do: 'create', table, key: keyOf(id), fields: fieldsOf(id) } }
      }),
      FOREVER,
    )
  }
  await sink.close()
}
