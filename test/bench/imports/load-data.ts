// The yardstick: MySQL's own way of reading a file, into a table of the same shape, in one statement that keeps nothing of
// what was there and checks nothing.

import { createReadStream } from 'node:fs'
import mysql, { type ResultSetHeader } from 'mysql2/promise'
import type { Measured } from '../measured.ts'

export interface LoadData {
  readonly url: string
  /** What the table is to be like. */
  readonly like: string
  readonly path: string
  readonly items: number
}

export async function loadData({ url, like, path, items }: LoadData): Promise<Measured> {
  const connection = await mysql.createConnection({
    ...{ uri: url, flags: ['+LOCAL_FILES'], infileStreamFactory: () => createReadStream(path) },
  })
  await connection.query('SET GLOBAL local_infile = ON')
  await connection.query(`CREATE TABLE loaded LIKE ${like}`)
  const startMs = performance.now()
  const cpu = process.cpuUsage()
  // Its keys come in no order, as those of ours do.
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `LOAD DATA LOCAL INFILE 'items' INTO TABLE loaded CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'
      IGNORE 1 LINES (external_id, category, name, price, is_active) SET id = LEFT(SHA2(external_id, 256), 36), source = 'bench'`,
  )
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - startMs) / 1000
  await connection.query('DROP TABLE loaded')
  await connection.end()
  if (affectedRows !== items) throw new Error(`${affectedRows} of ${items} rows were loaded`)
  return { rows: items, seconds, cpuSeconds: (user + system) / 1e6, residentMaxMib: Number.NaN }
}
